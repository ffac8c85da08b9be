package dev.slm.serve.http;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Accepts connections, routes their requests, and ends them in an orderly way. */
public final class WebServer {
  private static final int BACKLOG = 1024;

  private final ServerSocket acceptor;
  private final Router router;
  private final Guard guard;
  private final Limits limits;
  private final Answered.Listener listener;
  private final BugListener bugs;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicLong bodyBytesHeld = new AtomicLong();
  private volatile boolean stopping;

  /** Hears of failures that are ours. */
  @FunctionalInterface
  public interface BugListener {
    void failed(Throwable bug);
  }

  private WebServer(
      ServerSocket acceptor,
      Router router,
      Guard guard,
      Limits limits,
      Answered.Listener listener,
      BugListener bugs) {
    this.acceptor = acceptor;
    this.router = router;
    this.guard = guard;
    this.limits = limits;
    this.listener = listener;
    this.bugs = bugs;
  }

  /**
   * Starts to listen.
   *
   * @throws BindException when somebody else listens there
   */
  public static WebServer start(
      InetSocketAddress address,
      Router router,
      Guard guard,
      Limits limits,
      Answered.Listener listener,
      BugListener bugs)
      throws IOException {
    ServerSocket acceptor = new ServerSocket();
    // a restarted service must get its port back while old connections linger; on Windows the
    // option would let two programs share the port
    acceptor.setReuseAddress(!System.getProperty("os.name", "").startsWith("Windows"));
    try {
      acceptor.bind(address, BACKLOG);
    } catch (IOException e) {
      acceptor.close();
      throw e;
    }
    WebServer server = new WebServer(acceptor, router, guard, limits, listener, bugs);
    Thread.ofPlatform().daemon().name("http-accept").start(server::accept);
    Thread.ofPlatform().daemon().name("http-watch").start(server::watch);
    return server;
  }

  public int port() {
    return acceptor.getLocalPort();
  }

  public int connections() {
    return connections.size();
  }

  /**
   * Stops: no new requests; those being answered may finish in {@code grace}, then are told to end.
   */
  public void stop(Duration grace) {
    stopping = true;
    closeQuietly(acceptor);
    connections.stream().filter(c -> !c.isAnswering()).forEach(Connection::close);
    awaitAnswers(grace);
    connections.forEach(c -> c.depart(Departure.Reason.SERVER_STOPS));
    awaitAnswers(Duration.ofSeconds(1));
    connections.forEach(Connection::close);
  }

  private void awaitAnswers(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (connections.stream().anyMatch(Connection::isAnswering) && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  boolean isStopping() {
    return stopping;
  }

  Limits limits() {
    return limits;
  }

  AtomicLong bodyBytesHeld() {
    return bodyBytesHeld;
  }

  /** Finds the route of a request that may come in. */
  Router.Match admit(Head head) {
    guard.checkOrigin(head);
    Router.Match match = router.find(head);
    guard.checkAccess(head, match.route().access());
    if (head.header("content-encoding").filter(coding -> !coding.equals("identity")).isPresent()) {
      throw Refusal.of(415, "compressed bodies are not taken");
    }
    if (head.method().equals("POST")) {
      String type = head.header("content-type").orElse("").split(";", 2)[0].strip();
      if (!type.equalsIgnoreCase(Response.JSON)) {
        throw Refusal.of(415, "the body must be application/json");
      }
    }
    return match;
  }

  /** Whether a browser asks if an allowed origin may send a request; all others are refused. */
  boolean isPreflight(Head head) {
    return head.method().equals("OPTIONS")
        && head.header("access-control-request-method").isPresent()
        && head.header("access-control-request-private-network").isEmpty()
        && isAllowedOrigin(head);
  }

  private boolean isAllowedOrigin(Head head) {
    guard.checkOrigin(head);
    return guard.allowedOrigin(head).isPresent();
  }

  Optional<String> allowedOrigin(Head head) {
    return guard.allowedOrigin(head);
  }

  void report(
      Optional<Head> head, String route, String client, int status, long startNanos, String note) {
    listener.answered(
        new Answered(
            client,
            head.map(Head::method).orElse("-"),
            head.map(Head::target).orElse("-"),
            head.map(h -> String.join(" ", h.headers().getOrDefault("user-agent", List.of())))
                .orElse(""),
            route,
            status,
            Duration.ofNanos(System.nanoTime() - startNanos),
            note));
  }

  void reportBug(Throwable bug) {
    bugs.failed(bug);
  }

  private void accept() {
    while (!stopping) {
      try {
        open(acceptor.accept());
      } catch (IOException e) {
        if (acceptor.isClosed()) {
          return;
        }
        // out of file handles: those that end soon make room
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }
  }

  private void open(Socket socket) {
    try {
      socket.setTcpNoDelay(true);
      if (connections.size() >= limits.connections()) {
        turnAway(socket);
        return;
      }
      Connection connection = new Connection(socket, this);
      connections.add(connection);
      Thread.ofVirtual()
          .name("connection")
          .start(
              () -> {
                try {
                  connection.run();
                } finally {
                  connections.remove(connection);
                }
              });
    } catch (IOException e) {
      closeQuietly(socket);
    }
  }

  private static void turnAway(Socket socket) throws IOException {
    Refusal full = Refusal.of(503, "too many connections");
    String body = full.json();
    String answer =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Type: application/json\r\n"
            + "Connection: close\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    socket.close();
  }

  private void watch() {
    Duration half = limits.writeTime().dividedBy(2);
    Duration pause = half.compareTo(Duration.ofSeconds(1)) < 0 ? half : Duration.ofSeconds(1);
    while (!acceptor.isClosed() || !connections.isEmpty()) {
      connections.forEach(Connection::closeIfBlocked);
      LockSupport.parkNanos(pause.toNanos());
    }
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // closing is all that was wanted
    }
  }
}
