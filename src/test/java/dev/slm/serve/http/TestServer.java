package dev.slm.serve.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** The web server with handlers whose progress a test controls. */
final class TestServer implements AutoCloseable {
  static final int BURST = 1_000;

  final CountDownLatch reached = new CountDownLatch(1);
  final CountDownLatch release = new CountDownLatch(1);
  final CountDownLatch departed = new CountDownLatch(1);
  final List<Answered> answered = new CopyOnWriteArrayList<>();
  final List<Throwable> bugs = new CopyOnWriteArrayList<>();
  private final WebServer server;

  private TestServer(Limits limits, Guard guard) throws IOException {
    Router router =
        new Router()
            .add("GET", "/health", Router.Access.OPEN, (_, response) -> response.json(200, "ok"))
            .add("POST", "/echo", Router.Access.KEY, TestServer::echo)
            .add("GET", "/models/{id}", Router.Access.KEY, TestServer::name)
            .add("GET", "/load/{id}", Router.Access.ADMIN, TestServer::name)
            .add("POST", "/wait", Router.Access.KEY, this::await)
            .add("GET", "/flood", Router.Access.KEY, this::flood)
            .add("GET", "/stream", Router.Access.KEY, this::stream)
            .add("GET", "/burst", Router.Access.KEY, this::burst)
            .add("GET", "/bug", Router.Access.KEY, TestServer::fail);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = WebServer.start(any, router, guard, limits, answered::add, bugs::add);
  }

  static TestServer with(Limits limits) throws IOException {
    return new TestServer(limits, new Guard(Set.of(), Set.of(), Optional.empty(), true));
  }

  static TestServer with(Guard guard) throws IOException {
    return new TestServer(Limits.DEFAULT, guard);
  }

  static TestServer start() throws IOException {
    return with(Limits.DEFAULT);
  }

  int port() {
    return server.port();
  }

  int connections() {
    return server.connections();
  }

  void stop(Duration grace) {
    server.stop(grace);
  }

  RawClient client() throws IOException {
    return new RawClient(port());
  }

  @Override
  public void close() {
    release.countDown();
    server.stop(Duration.ZERO);
  }

  private static void echo(Request request, Response response) throws IOException {
    response.json(200, request.body().length);
  }

  private static void name(Request request, Response response) throws IOException {
    response.json(200, request.parameter("id"));
  }

  private static void fail(Request request, Response response) {
    throw new IllegalStateException("secret in /home/somebody");
  }

  private void await(Request request, Response response) throws IOException {
    request.departure().whenHappened(departed::countDown);
    request.departure().whenHappened(release::countDown);
    reached.countDown();
    awaitRelease();
    response.json(200, "done");
  }

  private void flood(Request request, Response response) throws IOException {
    response.begin(200, "text/plain");
    request.departure().whenHappened(departed::countDown);
    reached.countDown();
    while (true) {
      response.write("x".repeat(100_000));
    }
  }

  private void stream(Request request, Response response) throws IOException {
    Events events = new Events(response);
    events.send("first");
    request.departure().whenHappened(release::countDown);
    reached.countDown();
    awaitRelease();
    events.fail(Refusal.of(503, "the service stops"));
  }

  /** Many events at once, then silence until the test has seen them all. */
  private void burst(Request request, Response response) throws IOException {
    Events events = new Events(response);
    request.departure().whenHappened(release::countDown);
    for (int i = 0; i < BURST; i++) {
      events.send(i);
    }
    reached.countDown();
    awaitRelease();
    events.done();
    events.close();
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
