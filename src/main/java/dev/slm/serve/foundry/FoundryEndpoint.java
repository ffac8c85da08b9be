package dev.slm.serve.foundry;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.cache.CachedModel;
import dev.slm.serve.http.Refusal;
import dev.slm.serve.http.Request;
import dev.slm.serve.http.Response;
import dev.slm.serve.http.Router;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.RequestProgress;
import dev.slm.serve.work.ServedModels;
import dev.slm.serve.work.Slots;
import dev.slm.session.Lease;
import dev.slm.session.LoadRequest;
import dev.slm.session.ModelInMemory;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** The management routes of Foundry Local 0.x. */
public final class FoundryEndpoint {
  private static final long STANDARD_TTL_SECONDS = 600;
  private static final long LONGEST_TTL_SECONDS = 7L * 24 * 3600;
  private static final Set<String> CPU = Set.of("", "cpu", "cpuexecutionprovider");
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final ServedModels models;
  private final FoundryModels catalog;
  private final FoundryDownload download;
  private final Supplier<String> url;
  private final Slots loading = new Slots(1, 16);

  /**
   * @param url where this service is reached
   */
  public FoundryEndpoint(ServedModels models, Downloads downloads, Supplier<String> url) {
    this.models = models;
    this.catalog = new FoundryModels(models, downloads);
    this.download = new FoundryDownload(models, catalog, downloads);
    this.url = url;
  }

  /** Reads cache and catalog once, so that the first client does not wait for that. */
  public void warm() {
    try {
      Json.line(catalog.list());
    } catch (Problem problem) {
      // whoever asks for the list is told
    }
  }

  /** Adds the routes; those that change what is loaded or cached are for administration. */
  public void addTo(Router router) {
    Router.Access key = Router.Access.KEY;
    Router.Access admin = Router.Access.ADMIN;
    router
        .add("GET", "/foundry/list", key, (_, response) -> response.json(200, catalog.list()))
        .add("GET", "/foundry/cache", key, (_, response) -> response.json(200, location()))
        .add("GET", "/openai/status", key, (_, response) -> response.json(200, status()))
        .add("GET", "/openai/models", key, (_, response) -> response.json(200, catalog.cachedIds()))
        .add(
            "GET",
            "/openai/loadedmodels",
            key,
            (_, response) -> response.json(200, catalog.loadedIds()))
        .add("GET", "/openai/load/{id}", admin, this::load)
        .add("GET", "/openai/unload/{id}", admin, this::unload)
        .add("GET", "/openai/unloadall", admin, this::unloadAll)
        .add("POST", "/openai/download", admin, download::handle);
  }

  private Map<String, Object> location() {
    return Map.of("location", models.cache().root().toString());
  }

  private Map<String, Object> status() {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("endpoints", List.of(url.get()));
    status.put("modelDirPath", models.cache().root().toString());
    status.put("pipeName", "");
    status.put("isAutoRegistrationResolved", true);
    status.put("autoRegistrationStatus", "Valid EPs: CPUExecutionProvider");
    return status;
  }

  private void load(Request request, Response response) throws IOException {
    CachedModel model = cached(request.parameter("id"));
    Map<String, String> query = request.query();
    if (!CPU.contains(query.getOrDefault("ep", "").toLowerCase(Locale.ROOT))) {
      throw Refusal.of(400, "'ep' is not 'CPUExecutionProvider', the only one here").param("ep");
    }
    Duration ttl = ttl(query);
    loading.run(
        request.departure(),
        QUIET,
        () -> {},
        () -> {
          LoadRequest how = LoadRequest.DEFAULT.withKeepAlive(ttl);
          RequestProgress progress = new RequestProgress(request.departure());
          try (Lease lease = models.loaded().lease(model.name(), how, progress)) {
            lease.model();
          }
          // not before the lease is back: who hears of it may unload the model in the same breath
          response.json(200, Map.of("status", "loaded", "model", model.id()));
        });
  }

  /** C# says {@code timeout} where the others say {@code ttl}. */
  private static Duration ttl(Map<String, String> query) {
    String text = query.getOrDefault("ttl", query.getOrDefault("timeout", ""));
    if (text.isEmpty()) {
      return Duration.ofSeconds(STANDARD_TTL_SECONDS);
    }
    if (!text.matches("[0-9]{1,9}") || Long.parseLong(text) > LONGEST_TTL_SECONDS) {
      throw Refusal.of(400, "'ttl' is not a number of seconds up to " + LONGEST_TTL_SECONDS)
          .param("ttl");
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  private void unload(Request request, Response response) throws IOException {
    CachedModel model = cached(request.parameter("id"));
    boolean force = Boolean.parseBoolean(request.query().getOrDefault("force", "false"));
    unload(List.of(model.name()), force, request, response);
  }

  private void unloadAll(Request request, Response response) throws IOException {
    List<String> names = models.loaded().list().stream().map(ModelInMemory::name).toList();
    unload(names, true, request, response);
  }

  private void unload(List<String> names, boolean force, Request request, Response response)
      throws IOException {
    loading.run(
        request.departure(),
        QUIET,
        () -> {},
        () -> {
          RequestProgress progress = new RequestProgress(request.departure());
          names.forEach(name -> models.loaded().unload(name, force, progress));
          response.json(200, Map.of("status", "unloaded"));
        });
  }

  /** The message is the one that clients look for to say that a model has to be downloaded. */
  private CachedModel cached(String id) {
    Optional<CachedModel> model = models.find(id);
    return model.orElseThrow(
        () -> {
          String shown = id.length() <= 80 ? id : id.substring(0, 80) + "…";
          return Refusal.of(404, "No OpenAIService provider found for modelName '" + shown + "'")
              .code("model_not_found");
        });
  }
}
