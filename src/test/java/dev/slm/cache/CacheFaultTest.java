package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.fault.Sweep;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills and fills the disk at every file operation of every command that changes a cache. */
class CacheFaultTest {
  @TempDir Path temporary;

  @Test
  void addingAModelSurvivesAFaultAtEveryOperation() throws IOException {
    int faults =
        Sweep.exhaust(
            temporary,
            CacheFaultTest::fillWithOneModel,
            folder -> Models.add(ModelCache.at(folder), "new", Precision.INT4, 2),
            (folder, where) -> {
              ModelCache cache = ModelCache.at(folder);
              Invariants.hold(cache, where);
              assertThat(names(cache)).as(where).contains("old-int4");

              Models.add(cache, "new", Precision.INT4, 2);
              assertThat(names(cache)).as(where).containsExactly("new-int4", "old-int4");
              Invariants.holdAndPruneToNothing(cache, where);
            });

    assertThat(faults).isGreaterThan(60);
  }

  @Test
  void replacingAModelKeepsOneOfBothAtEveryOperation() throws IOException {
    Sweep.exhaust(
        temporary,
        CacheFaultTest::fillWithOneModel,
        folder -> Models.add(ModelCache.at(folder), "old", Precision.INT4, 2),
        (folder, where) -> {
          ModelCache cache = ModelCache.at(folder);
          Invariants.hold(cache, where);
          assertThat(names(cache)).as(where).containsExactly("old-int4");

          Models.add(cache, "old", Precision.INT4, 2);
          assertThat(names(cache)).as(where).containsExactly("old-int4");
          Invariants.holdAndPruneToNothing(cache, where);
        });
  }

  @Test
  void removingAModelRemovesAllOrNothingAtEveryOperation() throws IOException {
    Sweep.exhaust(
        temporary,
        folder -> {
          fillWithOneModel(folder);
          Models.add(ModelCache.at(folder), "gone", Precision.INT8, 3);
        },
        folder -> {
          ModelCache cache = ModelCache.at(folder);
          cache.remove(cache.resolve("gone"));
        },
        (folder, where) -> {
          ModelCache cache = ModelCache.at(folder);
          Invariants.hold(cache, where);
          assertThat(names(cache)).as(where).contains("old-int4");

          cache.find("gone").ifPresent(cache::remove);
          assertThat(names(cache)).as(where).containsExactly("old-int4");
          Invariants.holdAndPruneToNothing(cache, where);
        });
  }

  private static void fillWithOneModel(Path folder) throws IOException {
    Models.add(ModelCache.at(folder), "old", Precision.INT4, 1);
  }

  private static List<String> names(ModelCache cache) {
    return cache.list().stream().map(CachedModel::name).toList();
  }
}
