package dev.slm.serve.http;

import dev.slm.base.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An answer as server-sent events. Begins with the first of them, so that until then the request
 * can still be refused with a status. Safe to use from the thread that answers and the one that
 * sends signs of life.
 */
public final class Events {
  /**
   * Events that follow the last write sooner than this wait as long for company: each write wakes
   * the client, and on two processors that costs a fast model up to a fifth of its speed. A screen
   * shows no more pictures than that, and models with less than 40 tokens a second never wait.
   */
  static final Duration TOGETHER = Duration.ofMillis(25);

  /** In the beginning nothing waits longer than this part of the stream's time so far. */
  private static final int PART = 4;

  private final Response response;
  private final StringBuilder waiting = new StringBuilder();
  private long firstWrite;
  private long lastWrite;

  /** Read without the lock, which a slow client can hold for long. */
  private final AtomicInteger writes = new AtomicInteger();

  private boolean isClosed;
  private @Nullable IOException failure;

  public Events(Response response) {
    this.response = response;
    this.lastWrite = System.nanoTime();
  }

  /** Sends a value as one event. */
  public void send(Object value) throws IOException {
    write("data: " + Json.line(value) + "\n\n");
  }

  /** Sends OpenAI's end mark. */
  public synchronized void done() throws IOException {
    waiting.append("data: [DONE]\n\n");
    flush();
  }

  /** Tells the reason of an end that came too early, or refuses with a status while it can. */
  public synchronized void fail(Refusal refusal) throws IOException {
    if (response.hasBegun()) {
      send(refusal.body());
      flush();
    } else {
      response.refuse(refusal);
    }
  }

  /** Sends a comment when nothing was sent for this long: proxies give up silent connections. */
  public synchronized void keepAlive(long silentNanos) throws IOException {
    if (!isClosed && System.nanoTime() - lastWrite >= silentNanos) {
      waiting.append(": working\n\n");
      flush();
    }
  }

  /** Sends nothing more: what comes next on the connection is not part of this answer. */
  public synchronized void close() {
    isClosed = true;
  }

  private synchronized void write(String text) throws IOException {
    if (isClosed) {
      return;
    }
    long patience = response.hasBegun() ? patience() : 0;
    boolean isFirst = waiting.isEmpty();
    waiting.append(text);
    if (System.nanoTime() - lastWrite >= patience || failure != null) {
      flush();
    } else if (isFirst) {
      int before = writes.get();
      CompletableFuture.delayedExecutor(patience, TimeUnit.NANOSECONDS, Runnable::run)
          .execute(() -> flushLate(before));
    }
  }

  private long patience() {
    return Math.min(TOGETHER.toNanos(), (System.nanoTime() - firstWrite) / PART);
  }

  /** Most often the next event took the waiting ones along, and no thread need wake for them. */
  private void flushLate(int before) {
    if (writes.get() == before) {
      Thread.ofVirtual().start(this::flushLate);
    }
  }

  private synchronized void flushLate() {
    try {
      if (!isClosed && !waiting.isEmpty()) {
        flush();
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private void flush() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (!response.hasBegun()) {
      response.begin(200, "text/event-stream; charset=utf-8");
      firstWrite = System.nanoTime();
    }
    String text = waiting.toString();
    waiting.setLength(0);
    writes.incrementAndGet();
    response.write(text);
    lastWrite = System.nanoTime();
  }
}
