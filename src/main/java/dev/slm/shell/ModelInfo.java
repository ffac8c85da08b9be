package dev.slm.shell;

import dev.slm.base.Units;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.model.Manifest;
import dev.slm.prepare.Numbers;
import dev.slm.prepare.QualityReport;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import dev.slm.profile.Recipe;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Everything known of one model: from the catalog, and from the cache. */
final class ModelInfo {
  /** Checkpoints on the hub hold 16 bits per weight. */
  private static final int CHECKPOINT_BYTES_PER_WEIGHT = 2;

  private final Profiles profiles;
  private final Optional<CatalogEntry> entry;
  private final List<CachedModel> cached;
  private final Path cacheFolder;

  private ModelInfo(
      Profiles profiles, Optional<CatalogEntry> entry, List<CachedModel> cached, Path cacheFolder) {
    this.profiles = profiles;
    this.entry = entry;
    this.cached = List.copyOf(cached);
    this.cacheFolder = cacheFolder;
  }

  /** By alias, repository or the name of a cached model. */
  static ModelInfo of(String name, Profiles profiles, ModelCache cache) {
    Optional<CachedModel> exact = cache.find(name);
    Optional<CatalogEntry> entry =
        profiles.find(name).or(() -> exact.flatMap(model -> profiles.find(model.alias())));
    if (entry.isEmpty() && exact.isEmpty()) {
      profiles.model(name); // tells the nearest names
    }
    boolean isExact = exact.isPresent() && exact.get().name().equalsIgnoreCase(name.strip());
    List<CachedModel> cached =
        isExact
            ? List.of(exact.get())
            : cache.list().stream()
                .filter(model -> entry.map(CatalogEntry::alias).orElse(name).equals(model.alias()))
                .toList();
    return new ModelInfo(profiles, entry, cached, cache.root());
  }

  List<Fact> facts() {
    List<Fact> facts = new ArrayList<>();
    entry.ifPresent(known -> addCatalog(known, facts));
    cached.forEach(model -> addCached(model, facts));
    entry.ifPresent(known -> addNeeds(known, facts));
    return facts;
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    entry.ifPresent(known -> fields.putAll(new CatalogList(profiles, cached).fields(known)));
    fields.put("cached", cached.stream().map(ModelInfo::cachedFields).toList());
    entry.ifPresent(known -> fields.put("needs", needs(known)));
    return fields;
  }

  private static void addCatalog(CatalogEntry known, List<Fact> facts) {
    facts.add(new Fact("alias", known.alias()));
    facts.add(new Fact("about", known.description()));
    facts.add(new Fact("source", known.repository() + " @ " + known.revision()));
    facts.add(new Fact("family", known.family()));
    facts.add(
        new Fact(
            "parameters",
            "%s (%s)"
                .formatted(Units.count(known.parameters()), CatalogList.lower(known.sizeClass()))));
    facts.add(new Fact("context", Units.grouped(known.contextLength()) + " tokens"));
    facts.add(new Fact("can", String.join(", ", CatalogList.able(known))));
    facts.add(new Fact("licence", known.licence().id() + ": " + known.licence().commercialUse()));
    if (known.gated()) {
      facts.add(new Fact("gated", "accept the terms on the hub, then: config set hub.token"));
    }
  }

  private static void addCached(CachedModel model, List<Fact> facts) {
    facts.add(
        new Fact(
            "cached",
            "%s, %s, %s, last used %s"
                .formatted(
                    model.name(),
                    Units.bytes(model.bytes()),
                    model.note().isEmpty() ? "ready" : model.note(),
                    CacheTable.lastUsed(model.lastUsed(), Instant.now()))));
    facts.add(new Fact("  folder", model.folder().toString()));
    model.manifest().ifPresent(manifest -> addManifest(manifest, facts));
  }

  private static void addManifest(Manifest manifest, List<Fact> facts) {
    if (manifest.parameters() > 0) {
      facts.add(
          new Fact(
              "  holds",
              "%s, %s parameters, context %s tokens"
                  .formatted(
                      manifest.family(),
                      Units.count(manifest.parameters()),
                      Units.grouped(manifest.contextLength()))));
    }
    String commit = manifest.source().commit();
    facts.add(
        new Fact(
            "  made",
            "%s from %s%s by slm %s"
                .formatted(
                    manifest.created(),
                    manifest.source().repository(),
                    commit.isEmpty() ? "" : " @ " + commit,
                    manifest.toolVersion())));
    if (!manifest.licence().isEmpty()) {
      facts.add(new Fact("  licence", manifest.licence()));
    }
    String options = options(manifest);
    if (!manifest.recipe().isEmpty()) {
      facts.add(new Fact("  recipe", manifest.recipe() + ", " + options));
    } else if (!options.isEmpty()) {
      facts.add(new Fact("  options", options));
    }
    addQuality(new TreeMap<>(manifest.quality()), facts);
  }

  /** The figures of the whole model, and of the layer that lost most; JSON has all layers. */
  private static void addQuality(Map<String, Double> quality, List<Fact> facts) {
    quality.forEach(
        (name, value) -> {
          if (!name.startsWith(QualityReport.LAYER_ERROR)) {
            facts.add(new Fact("  " + name, Numbers.four(value)));
          }
        });
    quality.entrySet().stream()
        .filter(one -> one.getKey().startsWith(QualityReport.LAYER_ERROR))
        .max(Map.Entry.comparingByValue())
        .ifPresent(
            worst -> {
              String layer = worst.getKey().substring(QualityReport.LAYER_ERROR.length());
              facts.add(new Fact("  worst layer (" + layer + ")", Numbers.four(worst.getValue())));
            });
  }

  private static String options(Manifest manifest) {
    return new TreeMap<>(manifest.options())
        .entrySet().stream()
            .map(option -> option.getKey() + " " + option.getValue())
            .collect(Collectors.joining(", "));
  }

  private void addNeeds(CatalogEntry known, List<Fact> facts) {
    Room room = Room.below(cacheFolder);
    if (cached.isEmpty() && !known.isBundled()) {
      long download = known.parameters() * CHECKPOINT_BYTES_PER_WEIGHT;
      long all = download + known.diskBytes(profiles.recipe(known.recipe()));
      facts.add(
          new Fact(
              "download",
              "about %s, then stored as %s; disk needed: %s"
                  .formatted(Units.bytes(download), known.recipe(), room.diskFor(all))));
    }
    for (Recipe recipe : profiles.recipes()) {
      long memory = known.memoryBytes(recipe, CatalogEntry.USUAL_TOKENS);
      String recommended = recipe.name().equals(known.recipe()) ? " (recommended)" : "";
      facts.add(
          new Fact(
              recipe.name() + recommended,
              "%s on disk; memory: %s"
                  .formatted(Units.bytes(known.diskBytes(recipe)), room.memoryFor(memory))));
    }
  }

  private List<Map<String, Object>> needs(CatalogEntry known) {
    Room room = Room.below(cacheFolder);
    List<Map<String, Object>> needs = new ArrayList<>();
    for (Recipe recipe : profiles.recipes()) {
      long memory = known.memoryBytes(recipe, CatalogEntry.USUAL_TOKENS);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("recipe", recipe.name());
      one.put("diskBytes", known.diskBytes(recipe));
      one.put("memoryBytes", memory);
      one.put("fitsMemory", room.hasMemoryFor(memory));
      one.put("fitsDisk", known.diskBytes(recipe) <= room.disk());
      needs.add(one);
    }
    return needs;
  }

  private static Map<String, Object> cachedFields(CachedModel model) {
    Map<String, Object> fields = CacheTable.fields(model);
    model
        .manifest()
        .ifPresent(
            manifest -> {
              fields.put("source", manifest.source().repository());
              fields.put("commit", manifest.source().commit());
              fields.put("recipe", manifest.recipe());
              fields.put("options", manifest.options());
              fields.put("quality", manifest.quality());
              fields.put("created", manifest.created().toString());
            });
    return fields;
  }
}
