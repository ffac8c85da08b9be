package dev.slm.serve.work;

import dev.slm.serve.http.Departure;
import dev.slm.serve.http.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests are worked on at a time, and how many may wait. The work runs on platform
 * threads: a native call on a virtual thread would hold a carrier that all connections need.
 */
public final class Slots {
  /** Work of one request; may send to its client. */
  @FunctionalInterface
  public interface Work {
    void run() throws IOException;
  }

  /** What to do while the work is waiting or silent. */
  @FunctionalInterface
  public interface Waiting {
    void sign() throws IOException;
  }

  private final ThreadPoolExecutor executor;

  public Slots(int slots, int queue) {
    AtomicInteger count = new AtomicInteger();
    executor =
        new ThreadPoolExecutor(
            slots,
            slots,
            60,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("answer-" + count.incrementAndGet())
                    .unstarted(task));
    executor.allowCoreThreadTimeOut(true);
  }

  /** Requests that are being worked on. */
  public int running() {
    return executor.getActiveCount();
  }

  /** Requests that wait for a slot. */
  public int waiting() {
    return executor.getQueue().size();
  }

  /**
   * Runs the work in a slot and waits for its end; whoever leaves while waiting for a slot gives up
   * the place.
   *
   * @param every how often {@code waiting} is called meanwhile
   */
  public void run(Departure departure, Duration every, Waiting waiting, Work work)
      throws IOException {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Runnable task = () -> complete(done, departure, work);
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      throw Refusal.of(
              503,
              "%d requests are waiting already; try again".formatted(executor.getQueue().size()))
          .code("queue_full")
          .header("Retry-After", "2");
    }
    departure.whenHappened(
        () -> {
          if (executor.remove(task)) {
            done.complete(false);
          }
        });
    await(done, every, waiting);
    if (!done.join()) {
      throw gone(departure);
    }
  }

  private static void complete(CompletableFuture<Boolean> done, Departure departure, Work work) {
    if (departure.hasHappened()) {
      done.complete(false);
      return;
    }
    try {
      work.run();
      done.complete(true);
    } catch (Throwable failure) {
      done.completeExceptionally(failure);
    }
  }

  private static void await(CompletableFuture<Boolean> done, Duration every, Waiting waiting)
      throws IOException {
    while (true) {
      try {
        done.get(every.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        waiting.sign();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      } catch (ExecutionException e) {
        throw unwrapped(e);
      }
    }
  }

  private static IOException unwrapped(ExecutionException e) throws IOException {
    switch (e.getCause()) {
      case RuntimeException runtime -> throw runtime;
      case Error error -> throw error;
      case IOException io -> throw io;
      case null, default -> throw new IOException(e);
    }
  }

  private static RuntimeException gone(Departure departure) throws IOException {
    if (departure.reason() == Departure.Reason.CLIENT_LEFT) {
      throw new IOException("the client left while it waited");
    }
    return Refusal.of(503, "the service stops").header("Retry-After", "5");
  }
}
