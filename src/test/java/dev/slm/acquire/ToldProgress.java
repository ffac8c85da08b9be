package dev.slm.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Remembers what people would have seen, and can be cancelled at a chosen look. */
final class ToldProgress implements Progress {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong most = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private volatile long cancelAtLook = Long.MAX_VALUE;
  private volatile long total;

  /** Cancels at the n-th look. */
  static ToldProgress cancelledAt(long look) {
    ToldProgress progress = new ToldProgress();
    progress.cancelAtLook = look;
    return progress;
  }

  void cancel() {
    cancelAtLook = 0;
  }

  List<String> lines() {
    return lines;
  }

  long done() {
    return done.get();
  }

  /** Waits until so many bytes arrived: a line cut too early loses what the client has not read. */
  synchronized void awaitDone(long bytes) {
    long end = System.nanoTime() + LONGEST.toNanos();
    try {
      while (done.get() < bytes) {
        assertThat(System.nanoTime())
            .as("%d of %d bytes arrived", done.get(), bytes)
            .isLessThan(end);
        wait(100);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  long most() {
    return most.get();
  }

  long total() {
    return total;
  }

  @Override
  public void start(String what, long amount, Unit unit) {
    total = amount;
    done.set(0);
  }

  @Override
  public synchronized void advance(long amount) {
    most.accumulateAndGet(done.addAndGet(amount), Math::max);
    notifyAll();
  }

  @Override
  public void note(String line) {
    lines.add(line);
  }

  @Override
  public void warn(String line) {
    lines.add(line);
  }

  @Override
  public boolean isCancelled() {
    return looks.incrementAndGet() > cancelAtLook;
  }
}
