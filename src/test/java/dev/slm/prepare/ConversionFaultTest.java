package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.fault.Sweep;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.profile.Profiles;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills and fills the disk at every file operation of a conversion. */
class ConversionFaultTest {
  @TempDir private Path folder;

  private final List<Family> families = Profiles.shipped().families();
  private final AtomicInteger round = new AtomicInteger();
  private Path checkpoint = Path.of("");

  @BeforeEach
  void write() throws IOException {
    checkpoint = TinyModel.write("qwen2", folder.resolve("checkpoint"));
  }

  @Test
  void theCacheIsAsBeforeOrHasTheWholeModel() throws IOException {
    int faults =
        Sweep.exhaust(
            folder,
            _ -> {},
            cache -> quantize(ModelCache.at(cache), Optional.empty()),
            (cache, where) -> {
              for (CachedModel model : ModelCache.at(cache).list()) {
                assertThat(model.state()).as(where).isEqualTo(CachedModel.State.READY);
              }
              // that the same command works afterwards is seen often enough
              if (round.getAndIncrement() % 7 == 0) {
                quantize(ModelCache.at(cache), Optional.empty());
                assertThat(ModelCache.at(cache).resolve("tiny-int4").isRunnable())
                    .as(where)
                    .isTrue();
              }
              ModelCache.at(cache).prune();
              assertThat(ModelCache.at(cache).temporaryBytes()).as(where).isZero();
            });

    assertThat(faults).isGreaterThan(100);
  }

  @Test
  void aFolderOfTheUsersHasTheWholeModelOrNothing() throws IOException {
    int faults =
        Sweep.exhaust(
            folder,
            area -> {
              Files.createDirectories(area.resolve("out/tiny"));
              Files.writeString(area.resolve("out/notes.txt"), "of the user's");
            },
            area -> quantizeInto(area),
            (area, where) -> {
              Path out = area.resolve("out");
              assertThat(out.resolve("notes.txt")).as(where).hasContent("of the user's");
              assertThat(isEmptyOrWhole(out.resolve("tiny"))).as(where).isTrue();
              assertThat(ModelCache.at(area.resolve("cache")).list()).as(where).isEmpty();
              boolean isTidy = !where.startsWith("KILL") && !where.contains(", delete ");
              if (isTidy) {
                assertThat(names(out)).as(where).isSubsetOf("notes.txt", "tiny");
              }
              if (round.getAndIncrement() % 19 == 0 && names(out.resolve("tiny")).isEmpty()) {
                quantizeInto(area);
                assertThat(names(out)).as(where).containsExactly("notes.txt", "tiny");
                assertThat(isEmptyOrWhole(out.resolve("tiny"))).as(where).isTrue();
              }
            });

    assertThat(faults).isGreaterThan(100);
  }

  private void quantizeInto(Path area) {
    ModelCache cache = ModelCache.at(area.resolve("cache"));
    quantize(cache, Optional.of(area.resolve("out/tiny")));
  }

  /** A whole one has the hash of every file in its manifest. */
  private static boolean isEmptyOrWhole(Path model) throws IOException {
    List<String> names = names(model);
    return names.isEmpty()
        || ModelCache.manifestOf(model)
            .filter(
                manifest ->
                    manifest.files().stream()
                        .allMatch(file -> size(model.resolve(file.path())) == file.size()))
            .isPresent();
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sorted; nothing where there is no folder. */
  private static List<String> names(Path of) throws IOException {
    if (!Files.exists(of)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void quantize(ModelCache cache, Optional<Path> output) {
    Preparation preparation =
        new Preparation(cache, families, new EngineScorer(Engines::load), "test", 1);
    Plan plan =
        preparation.plan(
            new QuantizeRequest(
                Checkpoint.find("tiny", checkpoint, cache),
                "",
                WeightOptions.of(Precision.INT4).withBlocks(16, true),
                "tiny-int4",
                output,
                Optional.empty(),
                QuantizeRequest.Limits.NONE,
                false));
    preparation.run(plan, Progress.NONE);
  }
}
