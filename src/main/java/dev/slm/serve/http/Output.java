package dev.slm.serve.http;

import java.io.IOException;
import java.io.OutputStream;

/** A connection's way out; knows since when a client has not taken what is sent to it. */
final class Output {
  /** One write's progress is measured by this many bytes. */
  private static final int PIECE = 64 * 1024;

  private final OutputStream stream;
  private volatile long blockedSince;

  Output(OutputStream stream) {
    this.stream = stream;
  }

  /** Sends the parts as few packets as possible. */
  void write(byte[]... parts) throws IOException {
    byte[] whole = parts.length == 1 ? parts[0] : join(parts);
    for (int start = 0; start < whole.length; start += PIECE) {
      blockedSince = System.nanoTime() | 1;
      try {
        stream.write(whole, start, Math.min(PIECE, whole.length - start));
      } finally {
        blockedSince = 0;
      }
    }
  }

  /** Whether a write has waited for the client longer than this. */
  boolean isBlockedLonger(long nanos) {
    long since = blockedSince;
    return since != 0 && System.nanoTime() - since > nanos;
  }

  private static byte[] join(byte[][] parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] whole = new byte[length];
    int position = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, position, part.length);
      position += part.length;
    }
    return whole;
  }
}
