package dev.slm.serve.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Request line and headers.
 *
 * @param target as it was sent
 * @param path decoded segments of the target's path
 * @param query as it was sent, without the question mark
 * @param headers lower-case names
 */
public record Head(
    String method,
    String target,
    List<String> path,
    String query,
    boolean isHttp10,
    Map<String, List<String>> headers) {

  /** The only value of a header; a second one is refused. */
  public Optional<String> header(String name) {
    List<String> values = headers.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw Refusal.of(400, "header '" + name + "' is given " + values.size() + " times");
    }
    return values.stream().findFirst();
  }

  /** The body's length; -1 when it comes in chunks. */
  long bodyLength() {
    Optional<String> coding = header("transfer-encoding");
    Optional<String> length = header("content-length");
    if (coding.isPresent()) {
      if (length.isPresent()) {
        throw Refusal.of(400, "content-length and transfer-encoding exclude each other");
      }
      if (isHttp10 || !coding.get().toLowerCase(Locale.ROOT).equals("chunked")) {
        throw Refusal.of(400, "only the transfer encoding 'chunked' is understood");
      }
      return -1;
    }
    String digits = length.orElse("0");
    if (!digits.matches("[0-9]{1,18}")) {
      throw Refusal.of(400, "content-length is not a number");
    }
    return Long.parseLong(digits);
  }

  boolean wantsClose() {
    String connection =
        String.join(",", headers.getOrDefault("connection", List.of())).toLowerCase(Locale.ROOT);
    return connection.contains("close") || (isHttp10 && !connection.contains("keep-alive"));
  }

  boolean wantsContinue() {
    return header("expect").filter("100-continue"::equalsIgnoreCase).isPresent();
  }
}
