package dev.slm.acquire;

import dev.slm.model.Manifest;
import java.time.Duration;

/**
 * How long we wait for a hub, how often we try again, and how much we take from it.
 *
 * @param connect until a connection stands
 * @param answer until the first byte of an answer
 * @param stall without a byte, or with fewer than {@code leastBytes}, until we connect again
 * @param leastBytes fewer bytes than these within {@code stall} count as a stall
 * @param retries failures in a row without any new byte
 * @param backoff wait after the first failure; it grows with the square of the failures
 * @param longestWait longest pause that a hub may ask for before we give up
 * @param jsonBytes largest answer of the hub's interface
 * @param files most files of one repository
 * @param hops most redirects of one request
 * @param partBytes size of the parts that an interrupted download is checked by
 */
public record Limits(
    Duration connect,
    Duration answer,
    Duration stall,
    long leastBytes,
    int retries,
    Duration backoff,
    Duration longestWait,
    int jsonBytes,
    int files,
    int hops,
    int partBytes) {

  /** Times and retries as Ollama's downloads use them; sizes from the reliability document. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          16 * 1024,
          6,
          Duration.ofMillis(500),
          Duration.ofMinutes(5),
          32 * 1024 * 1024,
          100_000,
          10,
          Manifest.PART_BYTES);

  private static final Duration QUICK_ANSWER = Duration.ofSeconds(2);

  /** The same limits for a hub on this machine: failures are noticed and repeated at once. */
  public static Limits quick(Duration stall, int partBytes) {
    Duration answer = stall.compareTo(QUICK_ANSWER) > 0 ? stall : QUICK_ANSWER;
    return new Limits(
        answer,
        answer,
        stall,
        64,
        DEFAULT.retries,
        Duration.ofNanos(50_000),
        Duration.ofSeconds(2),
        1024 * 1024,
        DEFAULT.files,
        DEFAULT.hops,
        partBytes);
  }
}
