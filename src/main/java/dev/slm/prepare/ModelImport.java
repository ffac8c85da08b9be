package dev.slm.prepare;

import dev.slm.acquire.FileChoice;
import dev.slm.acquire.LocalFolder;
import dev.slm.acquire.RemoteFile;
import dev.slm.acquire.Snapshot;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Staging;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Copies a folder of this machine into the cache: a runnable one or a checkpoint. */
public final class ModelImport {
  private final Filing filing;

  public ModelImport(ModelCache cache, List<Family> families, String toolVersion) {
    this.filing = new Filing(cache, families, toolVersion);
  }

  /**
   * Copies a folder; the original stays as it is.
   *
   * @param name what to call it, empty for its own name or the folder's
   */
  public CachedModel bring(Path folder, Optional<String> name, Progress progress) {
    LocalFolder local = LocalFolder.of(folder);
    Snapshot snapshot = local.snapshot();
    FileChoice choice = choice(folder, snapshot);
    // what is wrong is told of the original, before anything is copied
    local.refusePointers(choice);
    FolderFacts.of(folder);
    Optional<Manifest> ours =
        ModelCache.manifestOf(folder).filter(it -> it.kind() == Manifest.Kind.MODEL);
    if (ours.isPresent() && choice instanceof FileChoice.Ready) {
      return bringOurs(local, choice, ours.get().called(name.orElse(ours.get().name())), progress);
    }
    Path full = folder.toAbsolutePath().normalize();
    String alias = name.orElseGet(() -> plain(String.valueOf(full.getFileName())));
    boolean isModel = choice instanceof FileChoice.Ready;
    Filing.Source source = new Filing.Source(alias, new Manifest.Source(full.toString(), ""), "");
    String cached = isModel || name.isPresent() ? alias : alias + "-checkpoint";
    Optional<Precision> precision = isModel ? precision(alias) : Optional.empty();
    return fill(
        filing.claim(source, cached, progress),
        local,
        choice,
        staging -> filing.commit(staging, source, cached, precision, progress),
        progress);
  }

  private CachedModel fill(
      Staging opened,
      LocalFolder local,
      FileChoice choice,
      Function<Staging, CachedModel> commit,
      Progress progress) {
    try (Staging staging = opened) {
      try {
        local.copy(choice, staging.folder(), progress);
        filing.keepOnly(staging, choice);
        return commit.apply(staging);
      } catch (Problem e) {
        // the original is still there: half a copy is of no use
        staging.abort();
        throw e;
      }
    }
  }

  /** A model that was made here keeps what is known of it: where it is from, options, quality. */
  private CachedModel bringOurs(
      LocalFolder local, FileChoice choice, Manifest manifest, Progress progress) {
    Filing.Source source =
        new Filing.Source(manifest.alias(), manifest.source(), manifest.licence());
    return fill(
        filing.claim(source, manifest.name(), progress),
        local,
        choice,
        staging -> staging.commit(manifest, progress),
        progress);
  }

  /** A folder with a runtime configuration in its root is meant to run. */
  private static FileChoice choice(Path folder, Snapshot snapshot) {
    boolean isRunnable =
        snapshot.files().stream().anyMatch(file -> file.path().equals(FileChoice.RUNNABLE));
    try {
      FileChoice choice =
          isRunnable ? FileChoice.of(snapshot, Optional.empty()) : FileChoice.checkpoint(snapshot);
      if (!isRunnable || choice instanceof FileChoice.Ready) {
        return choice;
      }
    } catch (Problem e) {
      List<String> inside = modelsInside(snapshot);
      if (!isRunnable && !inside.isEmpty()) {
        throw unusable(folder, "its models lie in folders of their own")
            .next("model import " + folder.resolve(inside.getFirst()));
      }
      // its advice is for repositories
      throw unusable(folder, e.why().orElse(e.what()));
    }
    throw unusable(folder, "it has '" + FileChoice.RUNNABLE + "' but no ONNX file");
  }

  private static List<String> modelsInside(Snapshot snapshot) {
    String end = "/" + FileChoice.RUNNABLE;
    return snapshot.files().stream()
        .map(RemoteFile::path)
        .filter(path -> path.endsWith(end))
        .map(path -> path.substring(0, path.length() - end.length()))
        .sorted()
        .toList();
  }

  private static Problem unusable(Path folder, String reason) {
    return Problem.badFile("'" + folder + "' has no model that can be used")
        .why(reason)
        .next("doctor " + folder);
  }

  private static Optional<Precision> precision(String name) {
    return Arrays.stream(name.split("[-_.]"))
        .flatMap(word -> Precision.find(word).stream())
        .findFirst();
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9._-]+", "-")
        .replaceAll("^[.-]+|-+$", "");
  }
}
