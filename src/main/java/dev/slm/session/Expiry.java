package dev.slm.session;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Wakes up when something may have expired; needs no thread while nothing can. */
final class Expiry implements AutoCloseable {
  private final Runnable action;
  private @Nullable ScheduledExecutorService timer;
  private boolean closed;

  Expiry(Runnable action) {
    this.action = action;
  }

  synchronized void at(Duration wait) {
    if (closed) {
      return;
    }
    if (timer == null) {
      timer =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("model-expiry").factory());
    }
    long millis = Math.max(wait.toMillis() + 1, 0);
    var _ = timer.schedule(action, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.shutdownNow();
    }
  }
}
