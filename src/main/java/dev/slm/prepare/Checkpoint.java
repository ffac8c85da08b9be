package dev.slm.prepare;

import dev.slm.acquire.Repository;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.format.WeightIndex;
import dev.slm.model.Manifest;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A folder with unquantized weights, and where it comes from: a Hugging Face checkpoint, or a model
 * of ours that keeps its weights in fp32 or fp16.
 *
 * @param alias what its models are called, without a precision
 * @param repository hub repository, or the folder's name
 * @param commit the hub's resolved commit, empty when it is not known
 * @param licence identifier, empty when it is not known
 */
public record Checkpoint(
    Path folder, String alias, String repository, String commit, String licence) {
  /** Where Hugging Face's own programs keep what they have downloaded. */
  private static final Pattern HUB_SNAPSHOT =
      Pattern.compile(".*/models--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{40})");

  /** A folder by its path, or a model or checkpoint of the cache by its name. */
  public static Checkpoint find(String typed, Path asPath, ModelCache cache) {
    if (Files.isDirectory(asPath)) {
      return ofFolder(asPath);
    }
    if (Files.isRegularFile(asPath)) {
      throw OtherFolder.problem(asPath);
    }
    Optional<CachedModel> cached = checkpointOf(typed, cache).or(() -> cache.find(typed));
    if (cached.isEmpty() && Repository.find(typed).isPresent()) {
      throw Problem.usage("no folder '" + typed + "'")
          .why("if it is a repository of a hub, it has to be brought here first")
          .next("model download " + typed + " --raw, then the same again");
    }
    if (cached.isEmpty()) {
      List<String> names =
          cache.list().stream().flatMap(model -> Stream.of(model.name(), model.alias())).toList();
      throw Nearest.unknown("folder and no cached checkpoint", typed, names, "model list");
    }
    return ofCached(cached.get());
  }

  /** Several models can have an alias; the one that can be quantized counts. */
  private static Optional<CachedModel> checkpointOf(String typed, ModelCache cache) {
    Stream<CachedModel> matching =
        cache.list().stream()
            .filter(
                model -> Stream.of(model.name(), model.alias()).anyMatch(typed::equalsIgnoreCase));
    return matching.filter(model -> hasWeights(model.folder())).findFirst();
  }

  private static Checkpoint ofCached(CachedModel model) {
    if (!hasWeights(model.folder())) {
      String precision = model.precision().map(p -> " to " + p.id()).orElse("");
      throw Problem.usage("'" + model.name() + "' is quantized already" + precision)
          .why("only checkpoints and models that keep fp32 or fp16 weights can be quantized")
          .next(original(model));
    }
    Optional<Manifest.Source> source = model.manifest().map(Manifest::source);
    return new Checkpoint(
        model.folder(),
        model.alias(),
        source.map(Manifest.Source::repository).orElse(model.alias()),
        source.map(Manifest.Source::commit).orElse(""),
        model.licence());
  }

  /** How to get the weights that a model was made of. */
  private static String original(CachedModel model) {
    String repository = model.manifest().map(it -> it.source().repository()).orElse("");
    return Repository.find(repository).isPresent()
        ? "model download " + repository + " --raw"
        : "quantize the checkpoint it was made of";
  }

  private static Checkpoint ofFolder(Path folder) {
    if (!hasWeights(folder)) {
      throw OtherFolder.problem(folder, Checkpoint::hasWeights);
    }
    Path absolute = folder.toAbsolutePath().normalize();
    Optional<Manifest> ours = ModelCache.manifestOf(absolute);
    if (ours.isPresent()) {
      Manifest.Source source = ours.get().source();
      return new Checkpoint(
          absolute, ours.get().alias(), source.repository(), source.commit(), ours.get().licence());
    }
    String name = nameOf(absolute);
    Matcher hub = HUB_SNAPSHOT.matcher(absolute.toString().replace(File.separatorChar, '/'));
    return hub.matches()
        ? new Checkpoint(
            absolute,
            aliasOf(hub.group(2)),
            hub.group(1) + "/" + hub.group(2),
            hub.group(3),
            LicenceText.identifier(absolute))
        : new Checkpoint(absolute, aliasOf(name), name, "", LicenceText.identifier(absolute));
  }

  private static boolean hasWeights(Path folder) {
    return Stream.of("model.safetensors", "model.safetensors.index.json", WeightIndex.FILE_NAME)
        .anyMatch(name -> Files.exists(folder.resolve(name)));
  }

  private static String nameOf(Path folder) {
    Path name = folder.getFileName();
    return name == null ? "model" : name.toString();
  }

  /** A name that is safe to type and to be a folder's name. */
  public static String aliasOf(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]+", "-");
    String trimmed = plain.replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    return trimmed.isEmpty() ? "model" : trimmed;
  }
}
