package dev.slm.serve.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads request line and headers by the letter of RFC 9112: what two readers could understand in
 * two ways is refused.
 */
final class HeadReader {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final Pattern TARGET = Pattern.compile("/[\\x21-\\x7e]*");

  private final Input input;
  private final Limits limits;
  private int bytes;

  HeadReader(Input input, Limits limits) {
    this.input = input;
    this.limits = limits;
  }

  /** The next request's head; empty when the client closed the connection instead. */
  Optional<Head> read() throws IOException {
    bytes = 0;
    Optional<String> requestLine = line();
    if (requestLine.isEmpty()) {
      return Optional.empty();
    }
    String[] words = requestLine.get().split(" ", -1);
    if (words.length != 3 || !TOKEN.matcher(words[0]).matches()) {
      throw Refusal.of(400, "the request line is not 'METHOD /path HTTP/1.1'");
    }
    boolean isHttp10 = words[2].equals("HTTP/1.0");
    if (!isHttp10 && !words[2].equals("HTTP/1.1")) {
      throw Refusal.of(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    }
    if (!TARGET.matcher(words[1]).matches()) {
      throw Refusal.of(400, "the request target is not a plain path");
    }
    Map<String, List<String>> headers = headers();
    int question = words[1].indexOf('?');
    String path = question < 0 ? words[1] : words[1].substring(0, question);
    String query = question < 0 ? "" : words[1].substring(question + 1);
    return Optional.of(new Head(words[0], words[1], segments(path), query, isHttp10, headers));
  }

  private Map<String, List<String>> headers() throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    int count = 0;
    while (true) {
      String line = line().orElseThrow(() -> Refusal.of(400, "the headers end too early"));
      if (line.isEmpty()) {
        return headers;
      }
      if (++count > limits.headers()) {
        throw Refusal.of(431, "more than " + limits.headers() + " headers");
      }
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon);
      String value = line.substring(colon + 1).strip();
      if (!TOKEN.matcher(name).matches() || hasControls(value)) {
        throw Refusal.of(400, "a header is malformed");
      }
      headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>()).add(value);
    }
  }

  private static boolean hasControls(String value) {
    return value.chars().anyMatch(c -> (c < 0x20 && c != '\t') || c == 0x7F);
  }

  /** A line without its end; empty at the end of the connection. */
  private Optional<String> line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    while (true) {
      int c = input.read();
      if (c < 0) {
        if (line.size() > 0) {
          throw Refusal.of(400, "the request ends in the middle of a line");
        }
        return Optional.empty();
      }
      if (++bytes > limits.headBytes()) {
        throw Refusal.of(431, "request line and headers exceed " + limits.headBytes() + " bytes");
      }
      if (c == '\n') {
        throw Refusal.of(400, "lines of a request end with CR LF");
      }
      if (c == '\r') {
        if (input.read() != '\n') {
          throw Refusal.of(400, "lines of a request end with CR LF");
        }
        return Optional.of(line.toString(StandardCharsets.ISO_8859_1));
      }
      line.write(c);
    }
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path.substring(1).split("/", -1)) {
      segments.add(decode(segment));
    }
    return List.copyOf(segments);
  }

  /** Percent-decodes one segment; what could hide a control character or bad UTF-8 is refused. */
  static String decode(String text) {
    byte[] raw = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] != '%') {
        decoded.write(raw[i]);
        continue;
      }
      int high = i + 2 < raw.length ? Character.digit((char) raw[i + 1], 16) : -1;
      int low = i + 2 < raw.length ? Character.digit((char) raw[i + 2], 16) : -1;
      if (high < 0 || low < 0) {
        throw Refusal.of(400, "the path has a '%' without two hex digits");
      }
      decoded.write(high * 16 + low);
      i += 2;
    }
    return strictText(decoded.toByteArray());
  }

  private static String strictText(byte[] utf8) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      if (text.chars().anyMatch(Character::isISOControl)) {
        throw Refusal.of(400, "the path has a control character");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw Refusal.of(400, "the path is not UTF-8");
    }
  }
}
