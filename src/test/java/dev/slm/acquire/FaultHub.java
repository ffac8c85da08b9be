package dev.slm.acquire;

import dev.slm.base.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hub on this machine that speaks the public hub's interface from memory and can do everything
 * wrong that hubs, proxies and lines do. Written on sockets, since a correct server library refuses
 * to be wrong.
 */
public final class FaultHub implements AutoCloseable {
  /** What the hub does with one request. */
  public interface Behaviour {
    void answer(Exchange exchange) throws IOException;
  }

  private final ServerSocket server;
  private final Map<String, Map<String, byte[]>> commits = new ConcurrentHashMap<>();
  private final Map<String, String> revisions = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Exchange> seen = new ConcurrentLinkedQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger fileRequests = new AtomicInteger();
  private final AtomicLong fileBytes = new AtomicLong();
  private volatile Behaviour listing = Exchange::normal;
  private volatile Behaviour files = Exchange::normal;
  private final Map<String, byte[]> listedAs = new ConcurrentHashMap<>();

  public FaultHub() {
    try {
      server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Makes a commit of {@code acme/tiny} and lets main point to it. */
  public String commit(Map<String, byte[]> content) {
    String commit = hash("SHA-1", new TreeMap<>(content).toString() + commits.size());
    commits.put(commit, new LinkedHashMap<>(content));
    revisions.put("main", commit);
    return commit;
  }

  /** Lists a file with the size and hash of other content than it sends. */
  public void listAs(String path, byte[] content) {
    listedAs.put(path, content);
  }

  public void onListing(Behaviour behaviour) {
    listing = behaviour;
  }

  /** Answers requests for files; {@link Exchange#number} counts them from 0. */
  public void onFile(Behaviour behaviour) {
    files = behaviour;
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** What a commit has as a file. */
  public byte[] content(String commit, String file) {
    return commits.getOrDefault(commit, Map.of()).getOrDefault(file, new byte[0]);
  }

  public List<Exchange> seen() {
    return List.copyOf(seen);
  }

  public int connections() {
    return connections.get();
  }

  /** Bytes of files that went out. */
  public long fileBytes() {
    return fileBytes.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      Exchange exchange = Exchange.read(this, socket);
      seen.add(exchange);
      if (exchange.path.startsWith("/api/models")) {
        listing.answer(exchange);
      } else {
        exchange.number = fileRequests.getAndIncrement();
        files.answer(exchange);
      }
    } catch (IOException e) {
      // the client left, or the answer was meant to break
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request and the ways to answer it. */
  public static final class Exchange {
    private final FaultHub hub;
    private final Socket socket;
    public final String path;
    public final Map<String, String> headers;
    public int number;

    private Exchange(FaultHub hub, Socket socket, String path, Map<String, String> headers) {
      this.hub = hub;
      this.socket = socket;
      this.path = path;
      this.headers = headers;
    }

    private static Exchange read(FaultHub hub, Socket socket) throws IOException {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String[] request = line(in).split(" ");
      if (request.length < 2) {
        throw new IOException("not a request");
      }
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        int colon = line.indexOf(": ");
        if (colon < 0) {
          throw new IOException("not a request");
        }
        headers.put(line.substring(0, colon), line.substring(colon + 2));
      }
      return new Exchange(hub, socket, request[1], headers);
    }

    private static String line(InputStream in) throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.write(c);
      }
      return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    /** The path of the file below its repository. */
    public String file() {
      return URLDecoder.decode(path.split("/", 6)[5], StandardCharsets.UTF_8);
    }

    /** All bytes of the file asked for. */
    public byte[] content() {
      byte[] bytes = hub.commits.getOrDefault(path.split("/")[4], Map.of()).get(file());
      return bytes == null ? new byte[0] : bytes;
    }

    int from() {
      String range = headers.getOrDefault("range", "bytes=0-");
      return Integer.parseInt(range.substring(6, range.indexOf('-')));
    }

    private int until() {
      String range = headers.getOrDefault("range", "bytes=0-");
      String end = range.substring(range.indexOf('-') + 1);
      return end.isEmpty() ? content().length : Integer.parseInt(end) + 1;
    }

    /** As a correct hub answers. */
    public void normal() throws IOException {
      if (path.startsWith("/api/models?")) {
        send(200, Map.of(), json(List.of(Map.of("id", "acme/tiny"))));
      } else if (path.startsWith("/api/models/acme/tiny/")) {
        list();
      } else if (path.startsWith("/api/")) {
        send(401, Map.of("x-error-code", "RepoNotFound"), new byte[0]);
      } else {
        cutAfter(Integer.MAX_VALUE);
      }
    }

    private void list() throws IOException {
      String revision = path.substring(path.indexOf("/revision/") + 10, path.indexOf('?'));
      String name = URLDecoder.decode(revision, StandardCharsets.UTF_8);
      String commit = hub.revisions.getOrDefault(name, name);
      Map<String, byte[]> content = hub.commits.get(commit);
      if (content == null) {
        send(404, Map.of("x-error-code", "RevisionNotFound"), new byte[0]);
        return;
      }
      List<Object> siblings = new ArrayList<>();
      content.forEach(
          (file, bytes) -> siblings.add(entry(file, hub.listedAs.getOrDefault(file, bytes))));
      send(
          200,
          Map.of("content-type", "application/json"),
          json(
              Map.of(
                  "id",
                  "acme/tiny",
                  "sha",
                  commit,
                  "cardData",
                  Map.of("license", "apache-2.0"),
                  "siblings",
                  siblings)));
    }

    private static Map<String, Object> entry(String file, byte[] bytes) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("rfilename", file);
      entry.put("size", bytes.length);
      entry.put("blobId", gitHash(bytes));
      if (file.endsWith(".safetensors") || file.endsWith(".data")) {
        entry.put("lfs", Map.of("sha256", hash("SHA-256", bytes), "size", bytes.length));
      }
      return entry;
    }

    /** Sends at most so many bytes of what was asked for, then drops the connection. */
    public void cutAfter(int bytes) throws IOException {
      byte[] content = content();
      int until = Math.min(until(), content.length);
      head(from() > 0 || until < content.length ? 206 : 200, rangeHeaders(content, until));
      write(content, from(), (int) Math.min(until, (long) from() + bytes));
    }

    private Map<String, String> rangeHeaders(byte[] content, int until) {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("content-length", String.valueOf(until - from()));
      headers.put("content-range", "bytes " + from() + "-" + (until - 1) + "/" + content.length);
      headers.put("etag", "\"" + gitHash(content) + "\"");
      headers.put("x-repo-commit", path.split("/")[4]);
      return headers;
    }

    /** Sends so many bytes, then nothing, and keeps the connection. */
    public void stallAfter(int bytes) throws IOException {
      cutAfter(bytes);
      awaitClientLeaves();
    }

    /** Sends one byte now and then. */
    public void drip(int millis) throws IOException {
      byte[] content = content();
      head(200, rangeHeaders(content, content.length));
      for (int i = 0; i < content.length; i++) {
        write(content, i, i + 1);
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    /** The whole file, whatever range was asked for. */
    public void wholeAfterCut(int bytes) throws IOException {
      byte[] content = content();
      head(200, Map.of("content-length", String.valueOf(content.length)));
      write(content, 0, Math.min(content.length, bytes));
    }

    /** Another content with the right ranges and lengths. */
    public void sendInstead(byte[] content, String tag) throws IOException {
      sendInstead(content, tag, content.length);
    }

    /** The same, breaking before a byte of the file. */
    void sendInstead(byte[] content, String tag, int cut) throws IOException {
      int until = Math.min(until(), content.length);
      Map<String, String> headers = rangeHeaders(content, until);
      headers.put("etag", tag);
      head(from() > 0 || until < content.length ? 206 : 200, headers);
      write(content, from(), Math.min(until, cut));
    }

    public void redirect(String location) throws IOException {
      send(302, Map.of("location", location), new byte[0]);
    }

    public void send(int status, Map<String, String> headers, byte[] body) throws IOException {
      Map<String, String> all = new LinkedHashMap<>(headers);
      all.putIfAbsent("content-length", String.valueOf(body.length));
      head(status, all);
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
    }

    /** A head without any length: the body ends with the connection. */
    public void head(int status, Map<String, String> headers) throws IOException {
      StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " x\r\nconnection: close\r\n");
      headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      raw(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Keeps the connection until the client leaves. */
    public void awaitClientLeaves() throws IOException {
      while (socket.getInputStream().read() >= 0) {
        // what it still sends does not matter
      }
    }

    public void raw(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    private void write(byte[] content, int from, int until) throws IOException {
      int length = Math.max(until - from, 0);
      hub.fileBytes.addAndGet(length);
      socket.getOutputStream().write(content, from, length);
      socket.getOutputStream().flush();
    }
  }

  static byte[] json(Object value) {
    return Json.line(value).getBytes(StandardCharsets.UTF_8);
  }

  private static String gitHash(byte[] content) {
    byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + content.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return hash("SHA-1", all);
  }

  private static String hash(String algorithm, String text) {
    return hash(algorithm, text.getBytes(StandardCharsets.UTF_8));
  }

  static String hash(String algorithm, byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance(algorithm).digest(bytes))
          .toLowerCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
