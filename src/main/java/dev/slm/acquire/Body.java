package dev.slm.acquire;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.Units;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer as they arrive, with a watch on their pace: the JDK's own time limit ends
 * at the header, so a body that stalls would be waited for without end.
 */
final class Body implements HttpResponse.BodySubscriber<Body>, AutoCloseable {
  private static final int AHEAD = 8;
  private static final long POLL_MILLIS = 50;

  private sealed interface Arrival {}

  private record Bytes(List<ByteBuffer> buffers) implements Arrival {}

  private record Failure(Throwable cause) implements Arrival {}

  private record End() implements Arrival {}

  private final Duration stall;
  private final long leastBytes;
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private List<ByteBuffer> current = List.of();
  private int next;
  private long lastByte = System.nanoTime();
  private long windowStart = lastByte;
  private long windowBytes;
  private boolean ended;

  Body(Duration stall, long leastBytes) {
    this.stall = stall;
    this.leastBytes = leastBytes;
  }

  /** The next bytes, or null at the end; throws when they stop coming or come too slowly. */
  @Nullable ByteBuffer read(Progress progress) throws IOException {
    while (!ended) {
      while (next < current.size()) {
        ByteBuffer buffer = current.get(next++);
        if (buffer.hasRemaining()) {
          count(buffer.remaining());
          return buffer;
        }
      }
      progress.checkCancelled();
      take(poll());
    }
    return null;
  }

  /** Everything up to {@code most} bytes; one byte more is a failure. */
  byte[] readAll(int most, Progress progress) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuffer bytes = read(progress); bytes != null; bytes = read(progress)) {
      if (all.size() + bytes.remaining() > most) {
        throw new TooLong(most);
      }
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      all.write(copy);
    }
    return all.toByteArray();
  }

  /** More bytes than we take. */
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1;

    TooLong(int most) {
      super("more than " + most + " bytes");
    }
  }

  private void take(@Nullable Arrival arrival) throws IOException {
    switch (arrival) {
      case null -> checkPace();
      case Bytes bytes -> {
        current = bytes.buffers();
        next = 0;
        subscription.join().request(1);
      }
      case Failure failure -> throw new IOException(reason(failure.cause()), failure.cause());
      case End _ -> ended = true;
    }
  }

  private @Nullable Arrival poll() {
    try {
      return arrivals.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted().causedBy(e);
    }
  }

  private void count(int bytes) throws IOException {
    lastByte = System.nanoTime();
    windowBytes += bytes;
    if (lastByte - windowStart >= stall.toNanos()) {
      checkPace();
      windowStart = lastByte;
      windowBytes = 0;
    }
  }

  private void checkPace() throws IOException {
    long now = System.nanoTime();
    boolean slow = now - windowStart >= stall.toNanos() && windowBytes < leastBytes;
    if (slow || now - lastByte >= stall.toNanos()) {
      throw new Stalled(stall);
    }
  }

  /** No bytes, or next to none, for too long. */
  static final class Stalled extends IOException {
    private static final long serialVersionUID = 1;

    Stalled(Duration time) {
      super("stalled for " + Units.time(time));
    }
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Ends the connection when the answer was not read to its end. */
  @Override
  public void close() {
    if (!ended) {
      CompletableFuture<Void> _ = subscription.thenAccept(Flow.Subscription::cancel);
    }
  }

  @Override
  public CompletionStage<Body> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    given.request(AHEAD);
    subscription.complete(given);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    arrivals.add(new Bytes(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    arrivals.add(new Failure(cause));
  }

  @Override
  public void onComplete() {
    arrivals.add(new End());
  }
}
