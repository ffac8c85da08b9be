package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.fault.MemoryFolder;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several shells use one cache at a time. */
class TwoProcessesTest {
  private static final int ROUNDS = 40;

  @TempDir(factory = MemoryFolder.class)
  Path folder;

  @Test
  void processesThatAddReplaceAndRemoveAtOnceSeeWholeModelsOnly() throws Exception {
    work();

    Invariants.holdAndPruneToNothing(ModelCache.at(folder), "after all");
  }

  @Test
  void locksThatEverybodyGetsCostWorkAndNoModel() throws Exception {
    work("locks lie");

    Invariants.holdAndPruneToNothing(ModelCache.at(folder), "after all");
  }

  private void work(String... more) throws Exception {
    List<Process> workers = new ArrayList<>();
    for (int seed = 1; seed <= 3; seed++) {
      List<String> arguments = new ArrayList<>(List.of(folder.toString(), "" + seed, "" + ROUNDS));
      arguments.addAll(List.of(more));
      workers.add(java(CacheWorker.class, arguments.toArray(String[]::new)));
    }
    for (Process worker : workers) {
      String said = new String(worker.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(worker.waitFor()).as(said).isZero();
    }
  }

  @Test
  void workOfAProcessThatDiedIsTakenOver() throws Exception {
    Process holder = java(StagingHolder.class, folder.toString());
    assertThat(holder.inputReader().readLine()).isEqualTo("holding");
    ModelCache cache = ModelCache.at(folder);

    assertThatThrownBy(() -> cache.stageResumable("Qwen", "weights"))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.status()).isEqualTo(Problem.Status.BUSY))
        .hasMessageContaining("process " + holder.pid());
    assertThat(cache.prune()).isZero();

    holder.destroyForcibly().waitFor();
    try (Staging staging = cache.stageResumable("Qwen", "weights")) {
      assertThat(staging.folder().resolve("half")).hasContent("half");
    }
    assertThat(cache.prune()).isPositive();
  }

  @Test
  void whoHasAModelOpenReadsOnWhileAnotherReplacesAndRemovesIt() throws IOException {
    ModelCache cache = ModelCache.at(folder);
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    Path weights = model.folder().resolve("model.onnx.data");
    byte[] before = Files.readAllBytes(weights);

    try (var channel = FileChannel.open(weights)) {
      var map = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      Models.add(cache, "a", Precision.INT4, 2);
      cache.remove(cache.resolve("a"));

      byte[] after = new byte[before.length];
      map.get(after);
      assertThat(after).isEqualTo(before);
    }
  }

  private static Process java(Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
