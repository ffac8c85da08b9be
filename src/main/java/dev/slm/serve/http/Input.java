package dev.slm.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A connection's bytes, read with a deadline for what is being read rather than for each read. */
final class Input {
  private final Socket socket;
  private final InputStream stream;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int limit;
  private long deadline;

  Input(Socket socket) throws IOException {
    this.socket = socket;
    this.stream = socket.getInputStream();
  }

  /** Everything until the next call has to arrive within this time. */
  void within(Duration time) {
    deadline = System.nanoTime() + time.toNanos();
  }

  /** Whether bytes come before the deadline; false when the client has closed its side. */
  boolean await() throws IOException {
    return position < limit || fill();
  }

  /** The next byte, or -1 at the end. */
  int read() throws IOException {
    return await() ? buffer[position++] & 0xFF : -1;
  }

  /** Up to {@code length} bytes, or -1 at the end. */
  int read(byte[] into, int offset, int length) throws IOException {
    if (!await()) {
      return -1;
    }
    int count = Math.min(length, limit - position);
    System.arraycopy(buffer, position, into, offset, count);
    position += count;
    return count;
  }

  private boolean fill() throws IOException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new SocketTimeoutException("deadline passed");
    }
    socket.setSoTimeout((int) Math.min(left, Integer.MAX_VALUE));
    int count = stream.read(buffer, 0, buffer.length);
    position = 0;
    limit = Math.max(count, 0);
    return count > 0;
  }
}
