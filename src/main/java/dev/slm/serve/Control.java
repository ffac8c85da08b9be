package dev.slm.serve;

import dev.slm.serve.http.Refusal;
import dev.slm.serve.http.Request;
import dev.slm.serve.http.Response;
import dev.slm.serve.http.Router;
import dev.slm.session.LoadedModels;
import dev.slm.session.ModelInMemory;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What our own commands ask of a service in another process. Whoever can read this person's state
 * file may; no API key is needed, and none opens it.
 */
final class Control {
  static final String HEADER = "x-slm-control";
  static final String STOP = "/slm/stop";
  static final String LOADED = "/slm/loaded";

  private static final String REFUSAL =
      "only the commands of the person who started the service may ask this";

  private final byte[] secret;
  private final LoadedModels models;
  private final Runnable stop;

  Control(String secret, LoadedModels models, Runnable stop) {
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
    this.models = models;
    this.stop = stop;
  }

  void addTo(Router router) {
    router
        .add("POST", STOP, Router.Access.OPEN, this::stop)
        .add("GET", LOADED, Router.Access.OPEN, this::loaded);
  }

  private void stop(Request request, Response response) throws IOException {
    check(request);
    response.json(200, Map.of("status", "stopping"));
    stop.run();
  }

  private void loaded(Request request, Response response) throws IOException {
    check(request);
    List<Map<String, @Nullable Object>> list = models.list().stream().map(Control::entry).toList();
    response.json(200, list);
  }

  private static Map<String, @Nullable Object> entry(ModelInMemory model) {
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("name", model.name());
    entry.put("engine", model.engine());
    entry.put("memory_bytes", model.memoryBytes());
    entry.put("context_length", model.contextLength());
    entry.put("loaded", model.loaded().toString());
    entry.put("last_used", model.lastUsed().toString());
    entry.put("expires", model.expires().map(Object::toString).orElse(null));
    entry.put("users", model.users());
    return entry;
  }

  /** Whether an answer to a question without the secret is ours. */
  static boolean isRefusal(HttpURLConnection connection) throws IOException {
    if (connection.getResponseCode() != 401) {
      return false;
    }
    try (InputStream body = connection.getErrorStream()) {
      return new String(body.readNBytes(1_000), StandardCharsets.UTF_8).contains(REFUSAL);
    }
  }

  private void check(Request request) {
    byte[] sent = request.head().header(HEADER).orElse("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(secret, sent)) {
      throw Refusal.of(401, REFUSAL);
    }
  }
}
