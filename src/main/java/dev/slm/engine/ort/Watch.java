package dev.slm.engine.ort;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Looks often whether running work is still wanted, because the thread that does it sits in native
 * code and cannot look itself.
 */
final class Watch implements AutoCloseable {
  /** Well below the half second within which people expect an end. */
  private static final long PERIOD_MILLIS = 25;

  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private final ScheduledFuture<?> task;

  private Watch(ScheduledFuture<?> task) {
    this.task = task;
  }

  /** Calls {@code cancel} once when {@code unwanted} becomes true, until closed. */
  static Watch start(BooleanSupplier unwanted, Runnable cancel) {
    Runnable look =
        () -> {
          if (unwanted.getAsBoolean()) {
            cancel.run();
          }
        };
    return new Watch(
        CLOCK.scheduleWithFixedDelay(look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS));
  }

  @Override
  public void close() {
    task.cancel(false);
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().daemon().name("slm-cancel").unstarted(task));
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }
}
