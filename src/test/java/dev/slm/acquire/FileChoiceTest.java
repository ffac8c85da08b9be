package dev.slm.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Problem;
import dev.slm.model.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FileChoiceTest {
  @Test
  void checkpointIsWeightsConfigurationTokenizerAndLicenceButNeverPickles() {
    Snapshot snapshot =
        snapshot(
            ".gitattributes",
            "LICENSE",
            "README.md",
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "pytorch_model.bin",
            "modeling_evil.py",
            "tokenizer.json",
            "tokenizer_config.json",
            "original/consolidated.00.pth",
            "model.gguf",
            "tf_model.h5");

    FileChoice choice = FileChoice.of(snapshot, Optional.of(Precision.INT4));

    assertThat(paths(choice))
        .containsExactlyInAnyOrder(
            "LICENSE",
            "config.json",
            "generation_config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json");
  }

  @Test
  void shardsAreTakenTogetherAndOtherFormsOfTheSameWeightsLeft() {
    Snapshot snapshot =
        snapshot(
            "config.json",
            "consolidated.safetensors",
            "model.safetensors.index.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors");

    assertThat(paths(FileChoice.checkpoint(snapshot)))
        .containsExactlyInAnyOrder(
            "config.json",
            "model.safetensors.index.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors");
  }

  @Test
  void readyFolderOfThePrecisionForThisHardwareIsPreferred() {
    Snapshot snapshot =
        snapshot(
            "config.json",
            "model.safetensors",
            "LICENSE",
            "cuda/cuda-int4-rtn-block-32/genai_config.json",
            "cuda/cuda-int4-rtn-block-32/m.onnx",
            "cpu_and_mobile/cpu-int4-rtn-block-32/genai_config.json",
            "cpu_and_mobile/cpu-int4-rtn-block-32/m.onnx",
            "cpu_and_mobile/cpu-int4-rtn-block-32/m.onnx.data",
            "cpu_and_mobile/cpu-int4-rtn-block-32/evil.so");

    FileChoice ready = FileChoice.of(snapshot, Optional.of(Precision.INT4));
    FileChoice other = FileChoice.of(snapshot, Optional.of(Precision.INT8));

    assertThat(ready.folder()).isEqualTo("cpu_and_mobile/cpu-int4-rtn-block-32/");
    assertThat(paths(ready))
        .containsExactlyInAnyOrder(
            "LICENSE",
            "cpu_and_mobile/cpu-int4-rtn-block-32/genai_config.json",
            "cpu_and_mobile/cpu-int4-rtn-block-32/m.onnx",
            "cpu_and_mobile/cpu-int4-rtn-block-32/m.onnx.data");
    assertThat(other).isInstanceOf(FileChoice.Checkpoint.class);
  }

  @Test
  void repositoryWithoutUsableWeightsSaysWhatItHas() {
    assertThat(reason("config.json", "pytorch_model.bin"))
        .isEqualTo("it has only pickle files, which can run code when they are read");
    assertThat(reason("model-q4.gguf")).isEqualTo("it has GGUF files, which are not converted");
    assertThat(reason("adapter_model.safetensors", "adapter_config.json"))
        .isEqualTo("it has an adapter for another model, not a whole one");
    assertThat(reason("config.json", "model-00001-of-00003.safetensors"))
        .isEqualTo("it has 1 of 3 safetensors files");
    assertThat(reason("model.safetensors")).isEqualTo("it has no 'config.json'");
    assertThat(reason("cuda-fp16/genai_config.json", "cuda-fp16/m.onnx"))
        .isEqualTo(
            "its ready folders are of another precision or for other hardware: 'cuda-fp16/'");
  }

  @Test
  void repositoriesAreReadAsPeopleWriteThem() {
    assertThat(Repository.parse("Qwen/Qwen2.5-0.5B")).hasToString("Qwen/Qwen2.5-0.5B");
    assertThat(Repository.parse("a/b@refs/pr/1").revision()).isEqualTo("refs/pr/1");
    assertThat(Repository.parse("https://huggingface.co/a/b/tree/v1.0")).hasToString("a/b@v1.0");
    assertThat(Repository.parse(Repository.parse("a/b@v1").toString()))
        .isEqualTo(new Repository("a", "b", "v1"));
    for (String text :
        List.of("", "a", "a/", "/b", "../b", "a/..", "a/b@", "a/b@../x", "a/b/c", "a b/c")) {
      assertThat(catchThrowableOfType(Problem.class, () -> Repository.parse(text)))
          .as(text)
          .isNotNull();
    }
  }

  private static String reason(String... paths) {
    Problem problem =
        catchThrowableOfType(
            Problem.class, () -> FileChoice.of(snapshot(paths), Optional.of(Precision.INT4)));
    return problem.why().orElse("");
  }

  private static List<String> paths(FileChoice choice) {
    return choice.files().stream().map(RemoteFile::path).toList();
  }

  private static Snapshot snapshot(String... paths) {
    List<RemoteFile> files =
        Arrays.stream(paths).map(path -> new RemoteFile(path, 100, "", "")).toList();
    return new Snapshot(Repository.parse("acme/tiny"), "a".repeat(40), "", files);
  }
}
