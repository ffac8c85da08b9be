package dev.slm.testing;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Times that the product promises to people, on machines that others keep busy. */
public final class Promise {
  private static final int TRIES = 5;

  /** Does what is promised and says how long it took. */
  @FunctionalInterface
  public interface Attempt {
    Duration take() throws Exception;
  }

  private Promise() {}

  /**
   * Fails when every one of several attempts takes the limit or longer: one that does may have
   * waited for a processor, all of them cannot.
   */
  public static void keptWithin(Duration limit, Attempt attempt) throws Exception {
    List<Duration> taken = new ArrayList<>();
    while (taken.size() < TRIES) {
      Duration time = attempt.take();
      if (time.compareTo(limit) < 0) {
        return;
      }
      taken.add(time);
    }
    fail("promised within %s, took %s", limit, taken);
  }

  public static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
