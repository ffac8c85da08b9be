package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.profile.Profiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Folders that others made (C8 of the reliability document). */
class ModelImportTest {
  @TempDir Path work;
  private Path source = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    source = write(work.resolve("My Model"), ModelDownloadTest.checkpoint(400));
    outside = Files.writeString(work.resolve("secret"), "secret");
  }

  @Test
  void checkpointIsCopiedWithoutPicklesAndTheOriginalStays() {
    CachedModel model = bring(source);

    assertThat(model.name()).isEqualTo("my-model-checkpoint");
    assertThat(model.kind()).isEqualTo(Manifest.Kind.CHECKPOINT);
    assertThat(model.folder().resolve("model.safetensors")).exists();
    assertThat(model.folder().resolve("pytorch_model.bin")).doesNotExist();
    assertThat(source.resolve("pytorch_model.bin")).exists();
  }

  @Test
  void runnableFolderIsAModelUnderItsName() throws IOException {
    Path ready = Files.createDirectories(work.resolve("phi-int4"));
    Files.writeString(ready.resolve("genai_config.json"), "{\"model\":{\"type\":\"phi3\"}}");
    Files.writeString(ready.resolve("model.onnx"), "graph");

    CachedModel model = bring(ready);

    assertThat(model.name()).isEqualTo("phi-int4");
    assertThat(model.precision()).contains(Precision.INT4);
    assertThat(model.isRunnable()).isTrue();
  }

  @Test
  void runnableFolderGetsTheFileThatFoundryLocalWants() throws IOException {
    Path ready = runnable("qwen-int4", "qwen2", "<|im_start|>{{ messages[0].content }}");

    JsonNode file = inferenceModel(bring(ready));

    assertThat(file.path("Name").asString()).isEqualTo("qwen-int4");
    assertThat(file.at("/PromptTemplate/user").asString())
        .isEqualTo("<|im_start|>user\n{Content}<|im_end|>");
    assertThat(ready.resolve("inference_model.json")).doesNotExist();
  }

  @Test
  void templateThatIsNotSureIsLeftOutAndAFileThatIsThereStays() throws IOException {
    Path other = runnable("other-int4", "never-heard-of", "<|im_start|>{{ messages }}");
    Path own = runnable("own-int4", "qwen2", "<|im_start|>{{ messages }}");
    Files.writeString(own.resolve("inference_model.json"), "{\"Name\":\"own name\"}");

    assertThat(inferenceModel(bring(other)).propertyNames()).containsExactly("Name");
    assertThat(inferenceModel(bring(own)).path("Name").asString()).isEqualTo("own name");
  }

  private Path runnable(String name, String type, String template) throws IOException {
    Path folder = Files.createDirectories(work.resolve(name));
    Files.writeString(
        folder.resolve("genai_config.json"), "{\"model\":{\"type\":\"" + type + "\"}}");
    Files.writeString(folder.resolve("model.onnx"), "graph");
    Files.writeString(folder.resolve("chat_template.jinja"), template);
    return folder;
  }

  private static JsonNode inferenceModel(CachedModel model) {
    return Json.tree(model.folder().resolve("inference_model.json"), 1 << 20);
  }

  @Test
  void linksPipesAndSecondNamesAreRefusedByName() throws Exception {
    Path link = source.resolve("tokenizer.model");
    Files.createSymbolicLink(link, outside);
    assertRefused(link, "it is a link");
    Files.createSymbolicLink(link, link);
    assertRefused(link, "it is a link");
    Files.createSymbolicLink(link, work);
    assertRefused(link, "it is a link");
    Files.createLink(link, outside);
    assertRefused(link, "the same file has another name elsewhere");
    new ProcessBuilder("mkfifo", link.toString()).start().waitFor();
    assertRefused(link, "it is not a file");
  }

  private void assertRefused(Path entry, String reason) throws IOException {
    Problem problem = catchThrowableOfType(Problem.class, () -> bring(source));

    assertThat(problem.what()).startsWith("'" + entry.getFileName() + "' in ");
    assertThat(problem.why()).contains(reason);
    assertThat(cache().list()).isEmpty();
    Files.delete(entry);
  }

  @Test
  void theHubsOwnCacheOfLinksIsUnderstood() throws IOException {
    Path model = work.resolve("models--acme--tiny");
    Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve("a".repeat(40)));
    write(model.resolve("blobs"), ModelDownloadTest.checkpoint(400));
    for (String name : ModelDownloadTest.checkpoint(400).keySet()) {
      Files.createSymbolicLink(snapshot.resolve(name), Path.of("../../blobs", name));
    }

    CachedModel imported =
        new ModelImport(cache(), Profiles.shipped().families(), "test")
            .bring(snapshot, Optional.of("tiny"), Progress.NONE);

    assertThat(imported.name()).isEqualTo("tiny");
    assertThat(imported.folder().resolve("model.safetensors")).isRegularFile();
  }

  @Test
  void pointersOfGitLfsAreRefused() throws IOException {
    Files.writeString(
        source.resolve("model.safetensors"),
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");

    Problem problem = catchThrowableOfType(Problem.class, () -> bring(source));

    assertThat(problem.what()).endsWith("is a Git LFS pointer, not the file itself");
    assertThat(problem.next()).contains("git lfs pull, then import again");
  }

  @Test
  void folderWithoutAModelSaysWhatIsMissing() throws IOException {
    Path empty = Files.createDirectories(work.resolve("empty"));

    Problem problem = catchThrowableOfType(Problem.class, () -> bring(empty));

    assertThat(problem.what()).isEqualTo("'" + empty + "' has no model that can be used");
    assertThat(problem.why()).contains("it has no safetensors weights");
    assertThat(problem.next()).contains("doctor " + empty);
  }

  @Test
  void folderOfModelsNamesTheFirstOfThem() throws IOException {
    for (String name : List.of("one", "two")) {
      Path model = Files.createDirectories(work.resolve("models").resolve(name));
      Files.writeString(model.resolve("genai_config.json"), "{}");
      Files.writeString(model.resolve("model.onnx"), "graph");
    }

    Problem problem = catchThrowableOfType(Problem.class, () -> bring(work.resolve("models")));

    assertThat(problem.why()).contains("its models lie in folders of their own");
    assertThat(problem.next()).contains("model import " + work.resolve("models/one"));
  }

  @Test
  void checkpointThatWasCutOffIsNamedWhereItLiesAndLeavesNothing() throws IOException {
    Path cut = work.resolve("cut");
    Path checkpoint = Path.of("src/model/checkpoint");
    byte[] weights = Files.readAllBytes(checkpoint.resolve("model.safetensors"));
    write(
        cut,
        Map.of(
            "config.json", Files.readAllBytes(checkpoint.resolve("config.json")),
            "model.safetensors", Arrays.copyOf(weights, 100_000)));

    Problem problem = catchThrowableOfType(Problem.class, () -> bring(cut));

    assertThat(problem.what()).contains("'" + cut.resolve("model.safetensors") + "'");
    assertThat(problem.status()).isEqualTo(Problem.Status.BAD_FILE);
    assertThat(cache().temporaryBytes()).isZero();
  }

  @Test
  void nameOfAFolderBecomesANameWithoutOddEnds() throws IOException {
    Path odd = work.resolve("My Tuned Model (é)");
    write(odd, Map.of());
    Files.copy(Path.of("src/model/checkpoint/config.json"), odd.resolve("config.json"));
    Files.copy(Path.of("src/model/checkpoint/model.safetensors"), odd.resolve("model.safetensors"));

    assertThat(bring(odd).name()).isEqualTo("my-tuned-model-checkpoint");
  }

  private CachedModel bring(Path folder) {
    return new ModelImport(cache(), Profiles.shipped().families(), "test")
        .bring(folder, Optional.empty(), Progress.NONE);
  }

  private ModelCache cache() {
    return ModelCache.at(work.resolve("models"));
  }

  private static Path write(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    return folder;
  }
}
