package dev.slm.prepare;

import dev.slm.acquire.FileChoice;
import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Staging;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts files that came from elsewhere into the cache. */
final class Filing {
  private static final long POLL_MILLIS = 200;

  private final ModelCache cache;
  private final List<Family> families;
  private final String toolVersion;

  Filing(ModelCache cache, List<Family> families, String toolVersion) {
    this.cache = cache;
    this.families = List.copyOf(families);
    this.toolVersion = toolVersion;
  }

  /** Where files come from and what they are called here. */
  record Source(String alias, Manifest.Source manifest, String licence) {}

  /** The folder for a name, with what an earlier run left; waits while another process has it. */
  Staging claim(Source source, String name, Progress progress) {
    return claim(source, name, 0, progress);
  }

  /**
   * The same, telling meanwhile how far the other process is.
   *
   * @param bytes that it brings, 0 when unknown
   */
  Staging claim(Source source, String name, long bytes, Progress progress) {
    String publisher = ModelCache.publisherOf(source.manifest().repository());
    long seen = -1;
    while (true) {
      try {
        return cache.stageResumable(publisher, name);
      } catch (Problem busy) {
        if (busy.status() != Problem.Status.BUSY) {
          throw busy;
        }
        long now = bytes == 0 ? 0 : Math.min(bytes, cache.resumableBytes(publisher, name));
        if (seen < 0) {
          tell(busy, now, bytes, progress);
          seen = 0;
        }
        progress.advance(now - seen);
        seen = now;
        pause(progress);
      }
    }
  }

  private static void tell(Problem busy, long now, long bytes, Progress progress) {
    String who = busy.why().map(why -> " (" + why + ")").orElse("");
    if (bytes == 0) {
      progress.note(busy.what() + who + ", waiting");
      return;
    }
    progress.note("%s%s, %d %%, waiting".formatted(busy.what(), who, now * 100 / bytes));
    progress.start("another slm downloads it" + who, bytes, Progress.Unit.BYTES);
  }

  private static void pause(Progress progress) {
    progress.checkCancelled();
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted().causedBy(e);
    }
  }

  /** Removes what another choice or commit left. */
  void keepOnly(Staging staging, FileChoice choice) {
    Path folder = staging.folder();
    Set<Path> kept =
        choice.files().stream()
            .map(file -> folder.resolve(choice.target(file)))
            .collect(Collectors.toSet());
    try {
      for (Path file : FileTree.files(folder)) {
        if (!kept.contains(file)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder, e);
    }
  }

  /** Makes the folder a model or checkpoint of the cache. */
  CachedModel commit(
      Staging staging,
      Source source,
      String name,
      Optional<Precision> precision,
      Progress progress) {
    FolderFacts facts = FolderFacts.of(staging.folder());
    if (facts.kind() == Manifest.Kind.MODEL) {
      InferenceModel.addTo(staging.folder(), name, facts.family(), families);
    }
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            name,
            source.alias(),
            facts.kind(),
            precision.orElse(null),
            facts.family(),
            facts.parameters(),
            facts.contextLength(),
            source.manifest(),
            "",
            Map.of(),
            source.licence(),
            toolVersion,
            Instant.now(),
            Map.of(),
            List.of());
    return staging.commit(manifest, progress);
  }
}
