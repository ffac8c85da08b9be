package dev.slm.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a whole body into memory, within the limits of one body and of all bodies together. */
final class BodyReader {
  private static final int LONGEST_CHUNK_LINE = 256;
  private static final int MOST_TRAILER_LINES = 20;

  private final Input input;
  private final Limits limits;
  private final AtomicLong held;
  private long taken;

  /**
   * @param held bytes of bodies in memory, of all requests
   */
  BodyReader(Input input, Limits limits, AtomicLong held) {
    this.input = input;
    this.limits = limits;
    this.held = held;
  }

  /** The body of a length, or in chunks when it is negative. */
  byte[] read(long length) throws IOException {
    if (length > limits.bodyBytes()) {
      throw tooLarge();
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream(Math.clamp(length, 0, 65_536));
    if (length >= 0) {
      copy(length, body);
    } else {
      for (int size = chunkSize(); size > 0; size = chunkSize()) {
        copy(size, body);
        if (!line().isEmpty()) {
          throw Refusal.of(400, "a chunk is longer than it says");
        }
      }
      skipTrailers();
    }
    return body.toByteArray();
  }

  /** Gives back what the body counted; the caller no longer needs it. */
  void release() {
    held.addAndGet(-taken);
    taken = 0;
  }

  private void copy(long length, ByteArrayOutputStream body) throws IOException {
    byte[] buffer = new byte[(int) Math.min(length, 8192)];
    long left = length;
    while (left > 0) {
      int count = input.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw Refusal.of(400, "the body is shorter than it says");
      }
      account(count, body.size());
      body.write(buffer, 0, count);
      left -= count;
    }
  }

  private void account(int count, int size) {
    if (size + count > limits.bodyBytes()) {
      throw tooLarge();
    }
    taken += count;
    if (held.addAndGet(count) > limits.allBodiesBytes()) {
      throw Refusal.of(503, "too many large requests at once").header("Retry-After", "1");
    }
  }

  private Refusal tooLarge() {
    return Refusal.of(413, "the body is larger than " + limits.bodyBytes() + " bytes");
  }

  private int chunkSize() throws IOException {
    String line = line();
    int end = line.indexOf(';');
    String size = (end < 0 ? line : line.substring(0, end)).strip();
    if (!size.matches("[0-9a-fA-F]{1,7}")) {
      throw size.matches("[0-9a-fA-F]+") ? tooLarge() : Refusal.of(400, "a chunk has no size");
    }
    return Integer.parseInt(size, 16);
  }

  private void skipTrailers() throws IOException {
    for (int i = 0; i < MOST_TRAILER_LINES; i++) {
      if (line().isEmpty()) {
        return;
      }
    }
    throw Refusal.of(431, "too many trailers");
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < LONGEST_CHUNK_LINE) {
      int c = input.read();
      if (c == '\r' && input.read() == '\n') {
        return line.toString();
      }
      if (c < 0x20) {
        break;
      }
      line.append((char) c);
    }
    throw Refusal.of(400, "the chunks of the body are malformed");
  }
}
