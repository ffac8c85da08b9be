package dev.slm.serve.http;

import java.time.Duration;

/**
 * What one client may cost.
 *
 * @param headTime from a request's first byte (or the connection's start) to the end of its headers
 * @param bodyTime from the end of the headers to the end of the body
 * @param writeTime for a client to take 64 KiB; a slower reader is disconnected
 * @param idleTime between two requests of a connection
 * @param headBytes request line and headers together
 * @param bodyBytes one body
 * @param allBodiesBytes bodies of all requests together, so that many clients cannot fill the heap
 */
public record Limits(
    Duration headTime,
    Duration bodyTime,
    Duration writeTime,
    Duration idleTime,
    int headBytes,
    int headers,
    int bodyBytes,
    long allBodiesBytes,
    int connections) {

  /** 8 MiB holds a 128 K-token prompt; the times are those of the reliability document. */
  public static final Limits DEFAULT =
      new Limits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          64 * 1024,
          100,
          8 * 1024 * 1024,
          128L * 1024 * 1024,
          1024);

  /** The same limits with other times, all of them equal. */
  public Limits withTimes(Duration time) {
    return new Limits(
        time, time, time, time, headBytes, headers, bodyBytes, allBodiesBytes, connections);
  }

  public Limits withConnections(int most) {
    return new Limits(
        headTime,
        bodyTime,
        writeTime,
        idleTime,
        headBytes,
        headers,
        bodyBytes,
        allBodiesBytes,
        most);
  }
}
