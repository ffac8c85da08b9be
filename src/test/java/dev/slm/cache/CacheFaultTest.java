package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.fault.FaultFiles;
import dev.slm.fault.Faults;
import dev.slm.fault.MemoryFolder;
import dev.slm.fault.Sweep;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills and fills the disk at every file operation of every command that changes a cache. */
class CacheFaultTest {
  @TempDir(factory = MemoryFolder.class)
  Path temporary;

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

  @Test
  void movingACacheLosesNoModelAtAnyOperation() throws IOException {
    sweepMove("no other disk");
  }

  @Test
  void movingACacheToAnotherDiskLosesNoModelAtAnyOperation() throws IOException {
    sweepMove("new");
  }

  private void sweepMove(String otherDisk) throws IOException {
    Sweep.exhaust(
        temporary,
        otherDisk,
        folder -> {
          fillWithOneModel(folder.resolve("old"));
          Models.fill(folder.resolve("old/custom/tuned"), "tuned", 5);
        },
        folder -> move(folder),
        (folder, where) -> {
          ModelCache from = ModelCache.at(folder.resolve("old"));
          ModelCache to = ModelCache.at(folder.resolve("new"));
          List<String> both = new ArrayList<>(names(from));
          both.addAll(names(to));
          assertThat(both).as(where).contains("old-int4", "tuned");
          Invariants.hold(from, where);
          Invariants.hold(to, where);

          move(folder);
          assertThat(names(to)).as(where).containsExactly("old-int4", "tuned");
          assertThat(names(from)).as(where).isEmpty();
          Invariants.holdAndPruneToNothing(to, where);
          Invariants.holdAndPruneToNothing(from, where);
        });
  }

  private static void move(Path folder) {
    Relocation.move(
        ModelCache.at(folder.resolve("old")), ModelCache.at(folder.resolve("new")), Progress.NONE);
  }

  @Test
  void importingAnArchiveAddsAllOrNothingAtEveryOperation() throws IOException {
    Path archive = temporary.resolve("models.tar");
    ModelCache source = ModelCache.at(temporary.resolve("source"));
    Models.add(source, "packed", Precision.INT4, 7);
    ModelArchive.write(archive, source.list(), Progress.NONE);

    Sweep.exhaust(
        Files.createDirectory(temporary.resolve("area")),
        CacheFaultTest::fillWithOneModel,
        folder -> ModelArchive.read(archive, ModelCache.at(folder), Progress.NONE),
        (folder, where) -> {
          ModelCache cache = ModelCache.at(folder);
          Invariants.hold(cache, where);
          assertThat(names(cache)).as(where).contains("old-int4");

          ModelArchive.read(archive, cache, Progress.NONE);
          assertThat(names(cache)).as(where).containsExactly("old-int4", "packed-int4");
          Invariants.holdAndPruneToNothing(cache, where);
        });
  }

  @Test
  void exportingLeavesAWholeArchiveOrNoneAtEveryOperation() throws IOException {
    Sweep.exhaust(
        temporary,
        CacheFaultTest::fillWithOneModel,
        folder -> export(folder),
        (folder, where) -> {
          Path archive = folder.resolve("models.tar");
          if (Files.exists(archive)) {
            ModelCache other = ModelCache.at(folder.resolve("other"));
            ModelArchive.read(archive, other, Progress.NONE);
            assertThat(names(other)).as(where).containsExactly("old-int4");
            Files.delete(archive);
          }
          export(folder);
          assertThat(archive).as(where).exists();
        });
  }

  @Test
  void pruningFreesSpaceAndNothingElseAtEveryOperation() throws IOException {
    Sweep.exhaust(
        temporary,
        folder -> {
          fillWithOneModel(folder);
          ModelCache cache = ModelCache.at(folder);
          leaveUnfinished(cache);
          leaveOlderVersion(cache);
        },
        folder -> ModelCache.at(folder).prune(),
        (folder, where) -> {
          ModelCache cache = ModelCache.at(folder);
          Invariants.hold(cache, where);
          assertThat(names(cache)).as(where).containsExactly("old-int4");
          Invariants.holdAndPruneToNothing(cache, where);
          assertThat(cache.prune()).as(where).isZero();
        });
  }

  @Test
  void pruningUnderTheHandsOfAnotherMachineLeavesWholeModelsAtEveryOperation() throws IOException {
    boolean wasReached = true;
    for (int n = 1; wasReached; n++) {
      Path folder = Files.createDirectory(temporary.resolve("machine-" + n));
      ModelCache cache = ModelCache.at(otherMachine(Faults.none(), folder));
      Manifest facts = Models.facts("new", Precision.INT4);
      Faults faults = Faults.at(n, Faults.How.KILL);
      try (Staging staging = cache.stage("Qwen", facts.name())) {
        Models.fill(staging.folder(), facts.name(), 3);

        pruneUntilKilled(ModelCache.at(otherMachine(faults, folder)));

        staging.commit(facts, Progress.NONE);
      } catch (Problem expected) {
        // unfinished work may be lost, as long as it is not taken for finished
      }
      wasReached = faults.happened();
      String where = "killed at " + faults.operations();
      Invariants.hold(ModelCache.at(folder), where);
      for (CachedModel model : ModelCache.at(folder).list()) {
        assertThat(Folders.plainFiles(model.folder())).as(where).hasSize(5);
      }
    }
  }

  private static Path otherMachine(Faults faults, Path folder) {
    return new FaultFiles(faults.withLyingLocks()).path(folder);
  }

  private static void pruneUntilKilled(ModelCache cache) {
    try {
      cache.prune();
    } catch (Faults.Killed | Problem expected) {
      // what it leaves is looked at
    }
  }

  private static void leaveUnfinished(ModelCache cache) throws IOException {
    try (Staging staging = cache.stageResumable("Qwen", "half")) {
      Models.fill(staging.folder(), "half", 9);
    }
  }

  /** As a process leaves it that dies after the newer one is in its place. */
  private static void leaveOlderVersion(ModelCache cache) throws IOException {
    Path first = cache.resolve("old").folder();
    Path second = first.resolveSibling("v2");
    Files.createDirectory(second);
    for (String file : Folders.plainFiles(first)) {
      Files.copy(first.resolve(file), second.resolve(file));
    }
  }

  @Test
  void linkingShowsWholeModelsAtEveryOperation() throws IOException {
    Sweep.exhaust(
        temporary,
        folder -> {
          fillWithOneModel(folder.resolve("old"));
          Models.fill(folder.resolve("old/custom/tuned"), "tuned", 5);
        },
        folder -> link(folder),
        (folder, where) -> {
          ModelCache from = ModelCache.at(folder.resolve("old"));
          ModelCache to = ModelCache.at(folder.resolve("new"));
          Invariants.hold(to, where);
          assertThat(names(from)).as(where).containsExactly("old-int4", "tuned");

          link(folder);
          assertThat(names(to)).as(where).containsExactly("old-int4", "tuned");
          Invariants.holdAndPruneToNothing(to, where);
          assertThat(names(from)).as(where).containsExactly("old-int4", "tuned");
        });
  }

  private static void link(Path folder) {
    Relocation.link(
        ModelCache.at(folder.resolve("old")), ModelCache.at(folder.resolve("new")), Progress.NONE);
  }

  private static void export(Path folder) {
    List<CachedModel> models = ModelCache.at(folder).list();
    ModelArchive.write(folder.resolve("models.tar"), models, Progress.NONE);
  }

  private static void fillWithOneModel(Path folder) throws IOException {
    Models.add(ModelCache.at(folder), "old", Precision.INT4, 1);
  }

  private static List<String> names(ModelCache cache) {
    return cache.list().stream().map(CachedModel::name).toList();
  }
}
