package dev.slm.serve.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A complete request. */
public final class Request {
  private final Head head;
  private final Map<String, String> parameters;
  private final byte[] body;
  private final Departure departure;

  Request(Head head, Map<String, String> parameters, byte[] body, Departure departure) {
    this.head = head;
    this.parameters = parameters;
    this.body = body;
    this.departure = departure;
  }

  public Head head() {
    return head;
  }

  /** The whole body; it is not copied. */
  public byte[] body() {
    return body;
  }

  /** Whether the client has left meanwhile. */
  public Departure departure() {
    return departure;
  }

  /** What a {@code {name}} segment of the route matched. */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the route has no {" + name + "}");
    }
    return value;
  }

  /** The query's fields; of a repeated one the last counts, names are lower case. */
  public Map<String, String> query() {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String part : head.query().split("&")) {
      int equals = part.indexOf('=');
      if (!part.isEmpty()) {
        String name = equals < 0 ? part : part.substring(0, equals);
        String value = equals < 0 ? "" : part.substring(equals + 1);
        fields.put(plain(name).toLowerCase(Locale.ROOT), plain(value));
      }
    }
    return fields;
  }

  private static String plain(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refusal.of(400, "the query has a '%' without two hex digits");
    }
  }
}
