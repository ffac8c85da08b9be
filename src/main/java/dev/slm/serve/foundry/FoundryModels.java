package dev.slm.serve.foundry;

import dev.slm.cache.CachedModel;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.ServedModels;
import dev.slm.session.ModelInMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Our models as Foundry Local's catalog lists them. Its clients drop every cached or loaded id that
 * is not in the list, so everything in the cache is in it, wherever it came from.
 */
final class FoundryModels {
  private static final long MEGABYTE = 1024L * 1024;

  /** What clients of the catalog are told when a model does not say how long answers may be. */
  private static final int STANDARD_OUTPUT_TOKENS = 2_048;

  private final ServedModels models;
  private final Downloads downloads;

  FoundryModels(ServedModels models, Downloads downloads) {
    this.models = models;
    this.downloads = downloads;
  }

  /** Everything in the cache, then everything that can be fetched. */
  List<Map<String, @Nullable Object>> list() {
    List<Map<String, @Nullable Object>> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (CachedModel model : models.cached()) {
      names.add(model.name());
      entries.add(cached(model));
    }
    for (Downloads.Offer offer : downloads.offers()) {
      if (names.add(offer.name())) {
        entries.add(offered(offer));
      }
    }
    return entries;
  }

  /** The ids of what is in the cache. */
  List<String> cachedIds() {
    return models.cached().stream().map(CachedModel::id).toList();
  }

  /** The ids of what is in memory. */
  List<String> loadedIds() {
    return models.loaded().list().stream()
        .map(ModelInMemory::name)
        .flatMap(name -> models.find(name).stream())
        .map(CachedModel::id)
        .toList();
  }

  /** What can be fetched under a name or id. */
  Optional<Downloads.Offer> offer(String id) {
    String name = withoutVersion(id);
    return downloads.offers().stream()
        .filter(offer -> offer.name().equals(name) || offer.alias().equals(name))
        .findFirst();
  }

  static String withoutVersion(String id) {
    return id.replaceFirst(":[0-9]+$", "");
  }

  private static Map<String, @Nullable Object> cached(CachedModel model) {
    String source =
        model
            .manifest()
            .map(manifest -> manifest.source().repository())
            .filter(repository -> repository.contains("/") && !repository.startsWith("/"))
            .map(repository -> "https://huggingface.co/" + repository)
            .orElse("local://" + model.publisher() + "/" + model.name());
    Downloads.Offer offer =
        new Downloads.Offer(
            model.name(),
            model.alias(),
            model.publisher(),
            source,
            model.licence(),
            model.bytes(),
            model.contextLength());
    return entry(offer, model.version());
  }

  private static Map<String, @Nullable Object> offered(Downloads.Offer offer) {
    return entry(offer, 1);
  }

  private static Map<String, @Nullable Object> entry(Downloads.Offer model, int version) {
    String licence = model.licence().isEmpty() ? "unknown" : model.licence();
    Map<String, @Nullable Object> entry = new LinkedHashMap<>();
    entry.put("name", model.name() + ":" + version);
    entry.put("displayName", model.name());
    entry.put("providerType", "AzureFoundry");
    entry.put("uri", model.source());
    entry.put("version", Integer.toString(version));
    entry.put("modelType", "ONNX");
    entry.put("promptTemplate", null);
    entry.put("publisher", model.publisher());
    entry.put("task", "chat-completion");
    entry.put("runtime", Map.of("deviceType", "CPU", "executionProvider", "CPUExecutionProvider"));
    entry.put("fileSizeMb", (model.bytes() + MEGABYTE - 1) / MEGABYTE);
    entry.put("modelSettings", Map.of("parameters", List.of()));
    entry.put("alias", model.alias());
    entry.put("supportsToolCalling", false);
    entry.put("license", licence);
    entry.put("licenseDescription", "");
    entry.put("parentModelUri", "");
    entry.put("maxOutputTokens", outputTokens(model.contextLength()));
    entry.put("minFLVersion", "0.0.0");
    return entry;
  }

  private static int outputTokens(int contextLength) {
    return contextLength == 0
        ? STANDARD_OUTPUT_TOKENS
        : Math.min(contextLength, STANDARD_OUTPUT_TOKENS);
  }
}
