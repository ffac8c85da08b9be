package dev.slm.acquire;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.Units;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Tries again after failures that may pass, with growing pauses, until too many in a row. */
final class Retry {
  private static final long POLL_MILLIS = 50;

  private final Limits limits;
  private final Proxies proxies;
  private final URI uri;
  private final boolean hasContact;
  private int failures;

  /**
   * For requests to one address.
   *
   * @param hasContact whether the hub answered before: a line that was lost is waited for, one that
   *     never stood is not
   */
  Retry(Transport transport, URI uri, boolean hasContact) {
    this.limits = transport.limits();
    this.proxies = transport.proxies();
    this.uri = uri;
    this.hasContact = hasContact;
  }

  /** A try. */
  interface Call<T> {
    T run() throws IOException;
  }

  /** Runs a call until it gives a result or a problem that does not pass. */
  <T> T run(Call<T> call, Progress progress) {
    while (true) {
      try {
        return call.run();
      } catch (IOException e) {
        failed(e, progress);
      }
    }
  }

  /** New bytes came: the next failure is a first one again. */
  void progressed() {
    failures = 0;
  }

  /** Waits before the next try, or gives up with the problem of the failure. */
  void failed(IOException e, Progress progress) {
    failures++;
    Optional<Duration> asked = e instanceof Passing passing ? passing.pause() : Optional.empty();
    boolean isOffline = !hasContact && Unreachable.isLasting(e);
    if (isOffline || failures > limits.retries() || tooLong(asked)) {
      throw e instanceof Passing passing ? passing.problem() : Unreachable.problem(uri, proxies, e);
    }
    Duration pause = asked.orElseGet(this::backoff);
    String when = pause.toSeconds() < 1 ? "" : " in " + Units.time(pause);
    progress.note(
        "%s: %s, retry %d of %d%s"
            .formatted(uri.getHost(), Unreachable.reason(e), failures, limits.retries(), when));
    await(pause, progress);
  }

  private boolean tooLong(Optional<Duration> asked) {
    return asked.isPresent() && asked.get().compareTo(limits.longestWait()) > 0;
  }

  /** The square spreads tries over a minute; the jitter keeps clients from coming back together. */
  private Duration backoff() {
    double jitter = ThreadLocalRandom.current().nextDouble(0.5, 1.5);
    return Duration.ofNanos(
        (long) (limits.backoff().toNanos() * (double) failures * failures * jitter));
  }

  private static void await(Duration pause, Progress progress) {
    long end = System.nanoTime() + pause.toNanos();
    try {
      for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
        progress.checkCancelled();
        Thread.sleep(Duration.ofNanos(Math.min(left, POLL_MILLIS * 1_000_000)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted().causedBy(e);
    }
  }
}
