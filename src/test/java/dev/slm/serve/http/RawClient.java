package dev.slm.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that sends exactly the bytes it is told to. */
public final class RawClient implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private final Socket socket;
  private final InputStream input;

  public RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(10_000);
    input = socket.getInputStream();
  }

  /** A response as it came. */
  public record Reply(int status, String head, String body) {
    public String header(String name) {
      return head.lines()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
          .map(line -> line.substring(name.length() + 2))
          .findFirst()
          .orElse("");
    }
  }

  public Socket socket() {
    return socket;
  }

  public RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** A request of the given lines, such as {@code GET /health} and headers. */
  public RawClient sendLines(String start, String... headers) throws IOException {
    return send(start + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
  }

  /** A plain request with a good Host header. */
  public Reply get(String path) throws IOException {
    return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").reply();
  }

  public RawClient sendPost(String path, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    return send(
        "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(path, body.length, json));
  }

  public Reply post(String path, String json) throws IOException {
    return sendPost(path, json).reply();
  }

  /** The next response with a length; status 0 when the connection ended instead. */
  public Reply reply() throws IOException {
    String head = until("\r\n\r\n");
    if (!head.startsWith("HTTP/1.1 ")) {
      return new Reply(0, head, "");
    }
    Matcher length = LENGTH.matcher(head);
    String body =
        length.find()
            ? new String(
                input.readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.UTF_8)
            : "";
    return new Reply(Integer.parseInt(head.substring(9, 12)), head, body);
  }

  /** Reads until the text came, or to the end. */
  public String until(String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(StandardCharsets.UTF_8).endsWith(end)) {
      int c = input.read();
      if (c < 0) {
        break;
      }
      read.write(c);
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  /** Whether the other side has ended the connection, waiting for it. */
  public boolean isEnded() {
    try {
      return input.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
