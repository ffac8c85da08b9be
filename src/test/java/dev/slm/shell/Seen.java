package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What a terminal was sent, and a way to wait for a part of it. */
final class Seen extends ByteArrayOutputStream {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private int read;

  @Override
  public synchronized void write(byte[] bytes, int offset, int count) {
    super.write(bytes, offset, count);
    notifyAll();
  }

  @Override
  public synchronized void write(int b) {
    super.write(b);
    notifyAll();
  }

  /** Waits for a text behind the one waited for before; styles in between do not matter. */
  synchronized void await(String text) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!text().substring(Math.min(read, text().length())).contains(text)) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        assertThat(left).as("waiting for '" + text + "' in:\n" + text()).isPositive();
        wait(left);
      }
      read = text().indexOf(text, read) + text.length();
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  synchronized void forget() {
    read = text().length();
  }

  synchronized String text() {
    return toString(StandardCharsets.UTF_8)
        .replaceAll("\u001b\\[[0-9;?]*[a-zA-Z]|\u001b[=>]|\u001b\\][^\u0007]*\u0007", "");
  }
}
