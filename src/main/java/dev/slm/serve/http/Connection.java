package dev.slm.serve.http;

import dev.slm.base.Problem;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One client's connection. Its own thread reads requests and, while another thread answers one,
 * keeps reading: so it learns at once that the client has left, whatever the answer is doing.
 */
final class Connection implements Runnable {
  /** How much of an unwanted body is read so that the client gets to see the refusal. */
  private static final int DRAINED_BYTES = 1024 * 1024;

  private static final Duration TICK = Duration.ofSeconds(1);

  private final Socket socket;
  private final WebServer server;
  private final Input input;
  private final Output output;
  private volatile Departure departure = new Departure();
  private volatile boolean answering;

  Connection(Socket socket, WebServer server) throws IOException {
    this.socket = socket;
    this.server = server;
    this.input = new Input(socket);
    this.output = new Output(socket.getOutputStream());
  }

  @Override
  public void run() {
    try {
      input.within(server.limits().headTime());
      boolean open = input.await();
      while (open && !server.isStopping()) {
        input.within(server.limits().headTime());
        open = serveOne();
      }
    } catch (IOException e) {
      // the client left, was too slow, or was disconnected by us: there is nobody to tell
    } finally {
      departure.happen(Departure.Reason.CLIENT_LEFT);
      close();
    }
  }

  /** Ends the connection from any thread; whoever reads or writes it is woken. */
  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // closing is all that was wanted
    }
  }

  boolean isAnswering() {
    return answering;
  }

  void depart(Departure.Reason reason) {
    departure.happen(reason);
  }

  void closeIfBlocked() {
    if (output.isBlockedLonger(server.limits().writeTime().toNanos())) {
      close();
    }
  }

  /** Answers one request; true when the next one may follow. */
  private boolean serveOne() throws IOException {
    long start = System.nanoTime();
    Optional<Head> head;
    try {
      head = new HeadReader(input, server.limits()).read();
    } catch (Refusal refusal) {
      return refuseEarly(Optional.empty(), refusal, start);
    } catch (SocketTimeoutException e) {
      Refusal refusal = Refusal.of(408, "the request's headers took too long");
      return refuseEarly(Optional.empty(), refusal, start);
    }
    return head.isPresent() && serve(head.get(), start);
  }

  private boolean serve(Head head, long start) throws IOException {
    BodyReader bodies = new BodyReader(input, server.limits(), server.bodyBytesHeld());
    try {
      if (server.isPreflight(head)) {
        return allow(head, start);
      }
      Router.Match match = server.admit(head);
      byte[] body = body(head, bodies);
      return answer(head, match, body, start);
    } catch (Refusal refusal) {
      return refuseEarly(Optional.of(head), refusal, start);
    } catch (SocketTimeoutException e) {
      Refusal refusal = Refusal.of(408, "the request's body took too long");
      return refuseEarly(Optional.of(head), refusal, start);
    } finally {
      bodies.release();
    }
  }

  private byte[] body(Head head, BodyReader bodies) throws IOException {
    long length = head.bodyLength();
    if (length != 0 && length <= server.limits().bodyBytes() && head.wantsContinue()) {
      output.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    input.within(server.limits().bodyTime());
    return bodies.read(length);
  }

  /** Tells a browser that a web page of an allowed origin may go on. */
  private boolean allow(Head head, long start) throws IOException {
    Response response = new Response(output, head.isHttp10(), isComplete(head));
    response
        .header("Access-Control-Allow-Origin", head.header("origin").orElse(""))
        .header("Access-Control-Allow-Methods", "GET, POST")
        .header("Access-Control-Allow-Headers", "authorization, content-type")
        .header("Vary", "Origin");
    response.send(204, "text/plain", "");
    server.report(Optional.of(head), "", clientName(), 204, start, "");
    return finish(response.mayContinue());
  }

  private boolean finish(boolean keepAlive) throws IOException {
    if (!keepAlive) {
      drain();
      return false;
    }
    input.within(server.limits().idleTime());
    return input.await();
  }

  /** Refuses before a handler was reached. What is left of the request is not understood. */
  private boolean refuseEarly(Optional<Head> head, Refusal refusal, long start) throws IOException {
    boolean keepAlive = head.isPresent() && isComplete(head.get());
    boolean isHttp10 = head.map(Head::isHttp10).orElse(false);
    Response response = new Response(output, isHttp10, keepAlive);
    if (head.filter(h -> h.method().equals("HEAD")).isPresent()) {
      response.withoutBody();
    }
    response.refuse(refusal);
    server.report(head, "", clientName(), refusal.status(), start, refusal.getMessage());
    return finish(keepAlive);
  }

  private static boolean isComplete(Head head) {
    try {
      return !head.wantsClose() && head.bodyLength() == 0;
    } catch (Refusal e) {
      return false;
    }
  }

  private boolean answer(Head head, Router.Match match, byte[] body, long start)
      throws IOException {
    departure = new Departure();
    Request request = new Request(head, match.parameters(), body, departure);
    Response response = new Response(output, head.isHttp10(), !head.wantsClose());
    server
        .allowedOrigin(head)
        .ifPresent(
            origin ->
                response.header("Access-Control-Allow-Origin", origin).header("Vary", "Origin"));
    answering = true;
    Thread worker =
        Thread.ofVirtual().name("request").start(() -> work(match, request, response, start));
    return awaitNext(worker, response);
  }

  private void work(Router.Match match, Request request, Response response, long start) {
    String note = "";
    try {
      note = handle(match.route().handler(), request, response);
      response.end();
      if (!response.mayContinue()) {
        socket.shutdownOutput();
      }
    } catch (IOException e) {
      note = request.departure().hasHappened() ? "client left" : "client does not take the answer";
      departure.happen(Departure.Reason.CLIENT_LEFT);
      close();
    } finally {
      try {
        server.report(
            Optional.of(request.head()),
            match.route().template(),
            clientName(),
            response.status(),
            start,
            note);
      } finally {
        // last: who stops the server waits for this, and finds every answer reported
        answering = false;
      }
    }
  }

  private String handle(Router.Handler handler, Request request, Response response)
      throws IOException {
    try {
      handler.handle(request, response);
      return "";
    } catch (Refusal refusal) {
      response.refuse(refusal);
      return refusal.getMessage();
    } catch (Problem problem) {
      response.refuse(Refusals.of(problem));
      return problem.what() + problem.why().map(why -> " (" + why + ")").orElse("");
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      server.reportBug(e);
      response.closeAfterwards();
      response.refuse(
          Refusal.of(500, "something went wrong inside the service; its log says more"));
      return e.toString();
    }
  }

  /** Waits for the next request while the worker answers this one. */
  private boolean awaitNext(Thread worker, Response response) throws IOException {
    Duration idle = server.limits().idleTime();
    Duration tick = idle.compareTo(TICK) < 0 ? idle : TICK;
    long idleSince = System.nanoTime();
    while (true) {
      input.within(tick);
      try {
        if (!input.await()) {
          departure.happen(Departure.Reason.CLIENT_LEFT);
          return false;
        }
        join(worker);
        if (!response.mayContinue()) {
          drain();
        }
        return response.mayContinue();
      } catch (SocketTimeoutException e) {
        long now = System.nanoTime();
        if (answering) {
          idleSince = now;
        } else if (!response.mayContinue() || now - idleSince > idle.toNanos()) {
          return false;
        }
      }
    }
  }

  private static void join(Thread worker) throws IOException {
    try {
      worker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Lets the client read the answer before the connection is reset. */
  private void drain() throws IOException {
    socket.shutdownOutput();
    input.within(TICK);
    byte[] discarded = new byte[8192];
    int drained = 0;
    while (drained < DRAINED_BYTES) {
      int count = input.read(discarded, 0, discarded.length);
      if (count < 0) {
        return;
      }
      drained += count;
    }
  }

  private String clientName() {
    return String.valueOf(socket.getInetAddress().getHostAddress());
  }
}
