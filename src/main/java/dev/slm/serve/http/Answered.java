package dev.slm.serve.http;

import java.time.Duration;

/**
 * One request that is over, for log and metrics.
 *
 * @param route the route's template, empty when there was none: text of the client's choosing never
 *     becomes a metric's label
 * @param status what was sent, 0 when the client left before
 * @param note what went wrong, for the log, or empty
 */
public record Answered(
    String client,
    String method,
    String target,
    String agent,
    String route,
    int status,
    Duration time,
    String note) {

  /** Hears of every request. Called by many threads. */
  @FunctionalInterface
  public interface Listener {
    void answered(Answered request);
  }
}
