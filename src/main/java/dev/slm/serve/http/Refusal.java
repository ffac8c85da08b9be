package dev.slm.serve.http;

import dev.slm.base.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is not answered as asked: an HTTP status and OpenAI's error body. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;
  private final transient Map<String, String> headers;

  private Refusal(
      int status,
      String type,
      String message,
      @Nullable String param,
      @Nullable String code,
      Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
    this.headers = Map.copyOf(headers);
  }

  /** A refusal that the client caused (4xx) or that is ours (5xx). */
  public static Refusal of(int status, String message) {
    return new Refusal(status, typeOf(status), message, null, null, Map.of());
  }

  private static String typeOf(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 503 -> "server_busy";
      default -> status >= 500 ? "server_error" : "invalid_request_error";
    };
  }

  /** The same refusal that names the field at fault. */
  public Refusal param(String field) {
    return new Refusal(status, type, getMessage(), field, code, headers);
  }

  /** The same refusal with a word for programs. */
  public Refusal code(String word) {
    return new Refusal(status, type, getMessage(), param, word, headers);
  }

  /** The same refusal with a response header. */
  public Refusal header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Refusal(status, type, getMessage(), param, code, more);
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return message == null ? "" : message;
  }

  public int status() {
    return status;
  }

  public Map<String, String> headers() {
    return headers;
  }

  /** OpenAI's error object: all four members are present. */
  public Map<String, Object> body() {
    Map<String, @Nullable Object> error = new LinkedHashMap<>();
    error.put("message", getMessage());
    error.put("type", type);
    error.put("param", param);
    error.put("code", code);
    return Map.of("error", error);
  }

  public String json() {
    return Json.line(body());
  }
}
