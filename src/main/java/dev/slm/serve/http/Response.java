package dev.slm.serve.http;

import dev.slm.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where an answer goes: either whole with {@link #send}, or piece by piece after {@link #begin}.
 * Used by one thread at a time.
 */
public final class Response {
  public static final String JSON = "application/json";
  private static final byte[] CRLF = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Output output;
  private final boolean isHttp10;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private boolean keepAlive;
  private boolean begun;
  private boolean chunked;
  private boolean ended;
  private boolean bodiless;
  private int status;

  Response(Output output, boolean isHttp10, boolean keepAlive) {
    this.output = output;
    this.isHttp10 = isHttp10;
    this.keepAlive = keepAlive;
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Cache-Control", "no-store");
  }

  public Response header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Sends a value as JSON. */
  public void json(int code, Object value) throws IOException {
    send(code, JSON, Json.line(value));
  }

  /** Sends a whole answer. */
  public void send(int code, String contentType, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (code != 204) {
      headers.put("Content-Type", contentType);
      headers.put("Content-Length", Integer.toString(bytes.length));
    }
    ended = true;
    output.write(head(code), bodiless ? new byte[0] : bytes);
  }

  /** Sends why there is no answer; the body too, unless an answer has begun. */
  public void refuse(Refusal refusal) throws IOException {
    if (!begun) {
      refusal.headers().forEach(headers::put);
      send(refusal.status(), JSON, refusal.json());
    }
  }

  /** Starts an answer whose length is not known yet. */
  public void begin(int code, String contentType) throws IOException {
    headers.put("Content-Type", contentType);
    chunked = !isHttp10;
    if (chunked) {
      headers.put("Transfer-Encoding", "chunked");
    } else {
      keepAlive = false;
    }
    output.write(head(code));
  }

  /** Sends the next piece at once, as one chunk. */
  public void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0) {
      return;
    }
    if (chunked) {
      byte[] size = Integer.toHexString(bytes.length).getBytes(StandardCharsets.US_ASCII);
      output.write(size, CRLF, bytes, CRLF);
    } else {
      output.write(bytes);
    }
  }

  /** Ends an answer that was begun. */
  public void end() throws IOException {
    if (begun && !ended) {
      ended = true;
      if (chunked) {
        output.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  public boolean hasBegun() {
    return begun;
  }

  /** The status that was sent, 0 before. */
  public int status() {
    return status;
  }

  /** Leaves the body out, as HEAD wants it. */
  void withoutBody() {
    bodiless = true;
  }

  void closeAfterwards() {
    keepAlive = false;
  }

  boolean mayContinue() {
    return keepAlive && ended;
  }

  private byte[] head(int code) {
    begun = true;
    status = code;
    StringBuilder head = new StringBuilder(256);
    head.append("HTTP/1.1 ").append(code).append(' ').append(reason(code)).append("\r\n");
    head.append("Date: ")
        .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
        .append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Connection: ").append(keepAlive ? "keep-alive" : "close").append("\r\n\r\n");
    return head.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String reason(int code) {
    return switch (code) {
      case 200 -> "OK";
      case 204 -> "No Content";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 408 -> "Request Timeout";
      case 413 -> "Content Too Large";
      case 415 -> "Unsupported Media Type";
      case 431 -> "Request Header Fields Too Large";
      case 503 -> "Service Unavailable";
      case 505 -> "HTTP Version Not Supported";
      default -> code < 500 ? "Refused" : "Internal Server Error";
    };
  }
}
