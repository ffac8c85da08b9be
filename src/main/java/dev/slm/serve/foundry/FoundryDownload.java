package dev.slm.serve.foundry;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.serve.http.Refusal;
import dev.slm.serve.http.Refusals;
import dev.slm.serve.http.Request;
import dev.slm.serve.http.Response;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.ServedModels;
import dev.slm.serve.work.Slots;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /openai/download}. Four client libraries read its answer in four ways: lines of
 * progress, a line with {@code [DONE]}, then one flat JSON object as a chunk of its own with
 * nothing behind it. Failures are told in that object too: one client never looks at the status.
 */
final class FoundryDownload {
  private static final int LONGEST_NAME = 256;
  private static final Duration QUIET = Duration.ofSeconds(5);

  /**
   * The result must not arrive together with the line before: Node's fetch joins chunks that wait,
   * and foundry-local-sdk 0.5.0 finds the result only where a chunk begins (seen, without a pause:
   * "No JSON data received!").
   */
  private static final Duration BEFORE_RESULT = Duration.ofMillis(250);

  private final ServedModels models;
  private final FoundryModels catalog;
  private final Downloads downloads;
  private final Slots slots = new Slots(1, 4);

  FoundryDownload(ServedModels models, FoundryModels catalog, Downloads downloads) {
    this.models = models;
    this.catalog = catalog;
    this.downloads = downloads;
  }

  void handle(Request request, Response response) throws IOException {
    JsonNode body = body(request);
    String id = text(body.isObject() ? field(body, "model") : null, "name");
    Optional<String> token = Optional.of(text(body, "token")).filter(t -> !t.isBlank());
    JsonNode force = field(body, "force");
    boolean again = force != null && force.asBoolean(false);
    if (id.isEmpty() || id.length() > LONGEST_NAME) {
      throw Refusal.of(400, "'model.Name' must name a model").param("model.Name");
    }
    DownloadLines lines = new DownloadLines(response, request.departure());
    lines.begin();
    finish(response, fetch(id, token, again, request, lines));
  }

  /** Why it failed, empty when it is done. */
  private Optional<String> fetch(
      String id, Optional<String> token, boolean again, Request request, DownloadLines lines)
      throws IOException {
    if (!again && models.find(id).isPresent()) {
      return Optional.empty();
    }
    Optional<Downloads.Offer> offer = catalog.offer(id);
    if (offer.isEmpty()) {
      return Optional.of("the catalog has no model '" + FoundryModels.withoutVersion(id) + "'");
    }
    try {
      slots.run(
          request.departure(),
          QUIET,
          lines::sign,
          () -> downloads.fetch(offer.get().name(), token, lines));
      return Optional.empty();
    } catch (Problem problem) {
      return Optional.of(Refusals.of(problem).getMessage());
    } catch (Refusal refusal) {
      return Optional.of(refusal.getMessage());
    }
  }

  private static void finish(Response response, Optional<String> failure) throws IOException {
    response.write("[DONE] All Completed!\n");
    LockSupport.parkNanos(BEFORE_RESULT.toNanos());
    // a brace within the text would be taken for the object's begin by one client
    @Nullable String error =
        failure.map(text -> text.replace('{', '(').replace('}', ')')).orElse(null);
    Map<String, @Nullable Object> result = new LinkedHashMap<>();
    result.put("success", error == null);
    result.put("errorMessage", error);
    result.put("error", error);
    response.write(Json.line(result));
  }

  private static JsonNode body(Request request) {
    try {
      JsonNode body = Json.tree(request.body());
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (JacksonException e) {
      throw Refusal.of(400, "the body is not valid JSON").code("invalid_json");
    }
    throw Refusal.of(400, "the body is not a JSON object").code("invalid_json");
  }

  /** Clients write the names with and without capitals. */
  private static @Nullable JsonNode field(@Nullable JsonNode object, String name) {
    if (object == null) {
      return null;
    }
    return object
        .propertyStream()
        .filter(property -> property.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private static String text(@Nullable JsonNode object, String name) {
    JsonNode value = field(object, name);
    return value != null && value.isString() ? value.asString() : "";
  }
}
