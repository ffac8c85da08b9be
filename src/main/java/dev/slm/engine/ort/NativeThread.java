package dev.slm.engine.ort;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves work that sits in native code for long from a virtual thread to a platform thread, because
 * it would pin the carrier and starve every other virtual thread of the process.
 */
final class NativeThread {
  private NativeThread() {}

  /**
   * @param interrupted told when the waiting virtual thread was interrupted; the call still waits
   */
  static <T> T call(Supplier<T> work, Runnable interrupted) {
    if (!Thread.currentThread().isVirtual()) {
      return work.get();
    }
    return call(work, Thread.ofPlatform().daemon().name("slm-decode"), interrupted);
  }

  /** Does the work on a new thread and waits for it. */
  static <T> T call(Supplier<T> work, Thread.Builder thread, Runnable interrupted) {
    FutureTask<T> task = new FutureTask<>(work::get);
    thread.start(task);
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          wasInterrupted = true;
          interrupted.run();
        } catch (ExecutionException e) {
          throw rethrown(e.getCause());
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException rethrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }
}
