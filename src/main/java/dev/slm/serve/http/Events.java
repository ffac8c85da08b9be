package dev.slm.serve.http;

import dev.slm.base.Json;
import java.io.IOException;

/**
 * An answer as server-sent events. Begins with the first of them, so that until then the request
 * can still be refused with a status. Safe to use from the thread that answers and the one that
 * sends signs of life.
 */
public final class Events {
  private final Response response;
  private long lastWrite;

  public Events(Response response) {
    this.response = response;
    this.lastWrite = System.nanoTime();
  }

  /** Sends a value as one event. */
  public void send(Object value) throws IOException {
    write("data: " + Json.line(value) + "\n\n");
  }

  /** Sends OpenAI's end mark. */
  public void done() throws IOException {
    write("data: [DONE]\n\n");
  }

  /** Tells the reason of an end that came too early, or refuses with a status while it can. */
  public synchronized void fail(Refusal refusal) throws IOException {
    if (response.hasBegun()) {
      send(refusal.body());
    } else {
      response.refuse(refusal);
    }
  }

  /** Sends a comment when nothing was sent for this long: proxies give up silent connections. */
  public synchronized void keepAlive(long silentNanos) throws IOException {
    if (System.nanoTime() - lastWrite >= silentNanos) {
      write(": working\n\n");
    }
  }

  private synchronized void write(String text) throws IOException {
    if (!response.hasBegun()) {
      response.begin(200, "text/event-stream; charset=utf-8");
    }
    response.write(text);
    lastWrite = System.nanoTime();
  }
}
