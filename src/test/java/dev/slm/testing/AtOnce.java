package dev.slm.testing;

import static org.assertj.core.api.Assertions.assertThat;

/** The promise that no file keeps a reader busy for more than a second. */
public final class AtOnce {
  private static final long LIMIT_NANOS = 1_000_000_000;

  private AtOnce() {}

  /** What hangs, hangs again; what a busy machine held up does not. */
  public static void run(String file, Runnable reading) {
    if (nanos(reading) > LIMIT_NANOS) {
      assertThat(nanos(reading)).as(file + ": nanoseconds").isLessThan(LIMIT_NANOS);
    }
  }

  private static long nanos(Runnable reading) {
    long start = System.nanoTime();
    reading.run();
    return System.nanoTime() - start;
  }
}
