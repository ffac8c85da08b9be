package dev.slm.serve;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Our own commands' way to a service in another process of the same person. */
public final class ServiceClient {
  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 120_000;

  private final ServiceState service;

  public ServiceClient(ServiceState service) {
    this.service = service;
  }

  /** Asks it to stop; it answers before it does. */
  public void stop() {
    ask("POST", Control.STOP);
  }

  /** The models in its memory, as {@code service ps --json} prints them. */
  public JsonNode loaded() {
    return ask("GET", Control.LOADED);
  }

  /** Loads a model there. */
  public void load(String name, long ttlSeconds) {
    ask("GET", "/openai/load/" + encoded(name) + "?ttl=" + ttlSeconds);
  }

  /** Takes a model out of its memory. */
  public void unload(String name) {
    ask("GET", "/openai/unload/" + encoded(name) + "?force=true");
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private JsonNode ask(String method, String path) {
    try {
      URI uri = URI.create(service.url() + path);
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
      connection.setRequestMethod(method);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(READ_MILLIS);
      connection.setRequestProperty(Control.HEADER, service.control());
      if (method.equals("POST")) {
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.getOutputStream().write("{}".getBytes(StandardCharsets.UTF_8));
      }
      return answer(connection);
    } catch (IOException e) {
      throw Problem.of(
              Problem.Status.UNREACHABLE, "the service on '" + service.url() + "' does not answer")
          .next("service logs")
          .causedBy(e);
    }
  }

  private static JsonNode answer(HttpURLConnection connection) throws IOException {
    boolean isGood = connection.getResponseCode() < 400;
    try (InputStream body = isGood ? connection.getInputStream() : connection.getErrorStream()) {
      JsonNode json = Json.tree(body.readAllBytes());
      if (!isGood) {
        throw Problem.failed(json.at("/error/message").asString("the service refuses"));
      }
      return json;
    }
  }
}
