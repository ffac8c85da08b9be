package dev.slm.serve.openai;

import dev.slm.cache.CachedModel;
import dev.slm.serve.http.Request;
import dev.slm.serve.http.Response;
import dev.slm.serve.work.ServedModels;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lists the models that can be asked. */
public final class ModelsEndpoint {
  private final ServedModels models;

  public ModelsEndpoint(ServedModels models) {
    this.models = models;
  }

  /** {@code GET /v1/models}. */
  public void list(Request request, Response response) throws IOException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("object", "list");
    body.put("data", models.cached().stream().map(ModelsEndpoint::entry).toList());
    response.json(200, body);
  }

  /** {@code GET /v1/models/{id}}. */
  public void one(Request request, Response response) throws IOException {
    one(request.parameter("id"), response);
  }

  /** The same for a hub's name, whose slash some clients send as it is. */
  public void ofOwner(Request request, Response response) throws IOException {
    one(request.parameter("owner") + "/" + request.parameter("name"), response);
  }

  private void one(String id, Response response) throws IOException {
    response.json(200, entry(models.find(id).orElseThrow(() -> models.unknown(id))));
  }

  private static Map<String, Object> entry(CachedModel model) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("id", model.name());
    entry.put("object", "model");
    entry.put("created", model.manifest().map(m -> m.created().getEpochSecond()).orElse(0L));
    entry.put("owned_by", model.publisher());
    return entry;
  }
}
