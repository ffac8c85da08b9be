package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCacheTest {
  @TempDir Path temporary;

  @Test
  void aCommittedModelLiesInTheLayoutOfFoundryLocalWithTheHashOfEachFile() throws IOException {
    ModelCache cache = ModelCache.at(temporary.resolve("cache"));

    CachedModel model = Models.add(cache, "qwen2.5-0.5b", Precision.INT4, 1);

    assertThat(model.folder())
        .isEqualTo(temporary.resolve("cache/Qwen/qwen2.5-0.5b-int4/v1"))
        .isDirectoryContaining("glob:**/slm_manifest.json");
    assertThat(model.state()).isEqualTo(CachedModel.State.READY);
    assertThat(model.manifest().orElseThrow().files())
        .extracting(Manifest.FileEntry::path)
        .containsExactly(
            "genai_config.json", "inference_model.json", "model.onnx", "model.onnx.data");
    assertThat(cache.list()).containsExactly(model);
    assertThat(cache.temporaryBytes()).isZero();
  }

  @Test
  void partsOfEightMebibytesHaveTheirOwnChecksums() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    Manifest facts = Models.facts("big", Precision.INT4);

    CachedModel model;
    try (Staging staging = cache.stage("custom", facts.name())) {
      Files.write(staging.folder().resolve("zeros"), new byte[2 * Manifest.PART_BYTES + 1]);
      model = staging.commit(facts, Progress.NONE);
    }

    Manifest.FileEntry entry = model.manifest().orElseThrow().files().getFirst();
    assertThat(entry.parts()).hasSize(3);
    assertThat(entry.parts().get(0)).isEqualTo(entry.parts().get(1));
    assertThat(entry.sha256())
        .isEqualTo("1003b1b5dc078189799a1216ce0f9fbcebb94e8b6b83c58c4b03345f07f94ced");
  }

  @Test
  void closingWithoutCommitLeavesNothing() throws IOException {
    ModelCache cache = ModelCache.at(temporary);

    try (Staging staging = cache.stage("Qwen", "half")) {
      Models.fill(staging.folder(), "half", 1);
      assertThat(cache.list()).isEmpty();
    }

    assertThat(cache.list()).isEmpty();
    assertThat(files(temporary)).isEmpty();
  }

  @Test
  void resumableWorkIsKeptUntilSomebodyGoesOnOrPrunes() throws IOException {
    ModelCache cache = ModelCache.at(temporary);

    try (Staging first = cache.stageResumable("Qwen", "weights")) {
      Models.fill(first.folder(), "weights", 1);
    }

    assertThat(cache.temporaryBytes()).isGreaterThan(Models.WEIGHT_BYTES);
    try (Staging second = cache.stageResumable("Qwen", "weights")) {
      assertThat(second.folder().resolve("model.onnx.data")).hasSize(Models.WEIGHT_BYTES);
    }
    assertThat(cache.prune()).isGreaterThan(Models.WEIGHT_BYTES);
    assertThat(cache.temporaryBytes()).isZero();
  }

  @Test
  void onlyOneWorksOnResumableFilesAtATime() throws IOException {
    ModelCache cache = ModelCache.at(temporary);

    try (Staging _ = cache.stageResumable("Qwen", "weights")) {
      assertThatThrownBy(() -> cache.stageResumable("Qwen", "weights"))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.status()).isEqualTo(Problem.Status.BUSY))
          .hasMessageContaining("weights");
    }
  }

  @Test
  void anotherCommitOfTheSameNameReplacesTheModel() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    Models.add(cache, "a", Precision.INT4, 1);

    CachedModel second = Models.add(cache, "a", Precision.INT4, 2);

    assertThat(second.id()).isEqualTo("a-int4:2");
    assertThat(cache.list()).containsExactly(second);
    assertThat(temporary.resolve("Qwen/a-int4/v1")).doesNotExist();
  }

  @Test
  void anAliasMeansTheSmallestRunnablePrecision() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    Models.add(cache, "a", Precision.FP16, 1);
    Models.add(cache, "a", Precision.INT8, 1);

    assertThat(cache.resolve("A").name()).isEqualTo("a-int8");
    assertThat(cache.resolve("a-fp16").name()).isEqualTo("a-fp16");
    assertThat(cache.resolve("a-fp16:1").name()).isEqualTo("a-fp16");
    assertThat(cache.resolve("Qwen/a-fp16").name()).isEqualTo("a-fp16");
  }

  @Test
  void unknownModelSuggestsTheNearestNames() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    Models.add(cache, "qwen2.5-0.5b", Precision.INT4, 1);

    assertThatThrownBy(() -> cache.resolve("qwen2.5-05b"))
        .hasMessageContaining("no model in the cache named 'qwen2.5-05b'")
        .hasMessageContaining("qwen2.5-0.5b");
  }

  @Test
  void foldersThatOthersMadeAreListedFromTheirOwnFiles() throws IOException {
    Models.fill(temporary.resolve("custom/tuned"), "your-finetuned-model-int4", 1);
    Models.fill(temporary.resolve("Microsoft/phi-generic-cpu-3/v3"), "phi-generic-cpu:3", 1);

    ModelCache cache = ModelCache.at(temporary);

    assertThat(cache.list())
        .extracting(CachedModel::id, CachedModel::alias, CachedModel::contextLength)
        .containsExactly(
            tuple("phi-generic-cpu:3", "phi-generic-cpu", 2048),
            tuple("your-finetuned-model-int4:1", "your-finetuned-model", 2048));
    assertThat(cache.resolve("your-finetuned-model").precision()).contains(Precision.INT4);
  }

  @Test
  void aModelInTheRootOrStillDownloadingIsNotListed() throws IOException {
    Models.fill(temporary, "in-the-root", 1);
    Models.fill(temporary.resolve("custom/half"), "half", 1);
    Files.createFile(temporary.resolve("custom/half/download.tmp"));

    assertThat(ModelCache.at(temporary).list()).isEmpty();
  }

  @Test
  void aMissingOrShortFileMakesAModelDamaged() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    Files.write(model.folder().resolve("model.onnx"), new byte[3]);

    assertThat(cache.list().getFirst().state()).isEqualTo(CachedModel.State.DAMAGED);
    assertThatThrownBy(() -> cache.resolve("a"))
        .hasMessage("'a-int4' is damaged ('model.onnx' has 3 bytes, not 7)");
  }

  @Test
  void aNewerOrBrokenManifestIsSaidAndTheModelIsNotLost() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    Path manifest = Models.add(cache, "a", Precision.INT4, 1).folder().resolve("slm_manifest.json");
    String json = Files.readString(manifest);

    Files.writeString(manifest, json.replaceFirst("\"format\" *: 1", "\"format\": 2"));
    assertThat(cache.resolve("a").note()).contains("newer slm");

    Files.writeString(
        manifest, json.replaceFirst("\"parameters\" *: 494000000", "\"parameters\": \"x\""));
    assertThat(cache.resolve("a").note()).contains("parameters: '\"x\"' (expected a number");

    Files.delete(manifest);
    assertThat(cache.resolve("a").state()).isEqualTo(CachedModel.State.UNVERIFIED);
  }

  @Test
  void removingLeavesNoFileAndNoEmptyFolder() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    cache.touch(Models.add(cache, "a", Precision.INT4, 1));

    cache.remove(cache.resolve("a"));

    assertThat(cache.list()).isEmpty();
    assertThat(files(temporary)).isEmpty();
    assertThat(temporary.resolve("Qwen")).doesNotExist();
  }

  @Test
  void usingAModelIsRememberedOutsideOfIt() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    assertThat(model.lastUsed()).isEmpty();

    cache.touch(model);

    assertThat(cache.resolve("a").lastUsed().orElseThrow()).isAfter(Instant.now().minusSeconds(60));
  }

  @Test
  void namesThatWouldLeaveTheCacheAreRefused() throws IOException {
    ModelCache cache = ModelCache.at(temporary);

    for (String name : new String[] {"..", ".slm", "a/b", "a\\b", "con", "a.", "", "a\u0007"}) {
      assertThatThrownBy(() -> cache.stage("custom", name)).isInstanceOf(Problem.class);
      assertThatThrownBy(() -> cache.stage(name, "model")).isInstanceOf(Problem.class);
    }
  }

  @Test
  void linksInAStagedFolderAreRefused() throws IOException {
    ModelCache cache = ModelCache.at(temporary);
    Manifest facts = Models.facts("a", Precision.INT4);

    try (Staging staging = cache.stage("custom", facts.name())) {
      Files.createSymbolicLink(staging.folder().resolve("passwd"), Path.of("/etc/passwd"));
      assertThatThrownBy(() -> staging.commit(facts, Progress.NONE))
          .hasMessageContaining("'passwd'")
          .hasMessageContaining("a link");
    }
    assertThat(cache.list()).isEmpty();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile).toList();
    }
  }
}
