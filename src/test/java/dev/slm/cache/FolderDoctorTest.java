package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.cache.FolderDoctor.Finding;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderDoctorTest {
  private static final String TOKENIZER =
      "{\"added_tokens\": [{\"id\": 1, \"content\": \"<|im_start|>\"}, {\"content\": \"<|im_end|>\"}]}";

  @TempDir Path folder;
  private ModelCache cache;
  private Path model;

  @BeforeEach
  void fill() throws IOException {
    cache = ModelCache.at(folder.resolve("models"));
    model = cache.root().resolve("custom/tuned");
    Models.fill(model, "tuned-int4", 1);
    Files.writeString(model.resolve("tokenizer.json"), TOKENIZER);
  }

  @Test
  void aGoodModelHasNoFindings() {
    assertThat(look(model)).isEmpty();
    assertThat(FolderDoctor.lookAtAll(cache)).isEmpty();
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Files.delete(model.resolve("model.onnx"));
    Files.delete(model.resolve("tokenizer.json"));

    assertThat(look(model))
        .extracting(Finding::what)
        .containsExactly(
            "'" + model.resolve("model.onnx") + "' is missing",
            "'" + model.resolve("tokenizer.json") + "' is missing");
  }

  @Test
  void aDataFileThatWasNotCopiedIsMissed() throws IOException {
    Files.delete(model.resolve("model.onnx.data"));

    assertThat(look(model).getFirst().what()).endsWith("model.onnx.data' is missing");
  }

  @Test
  void aModelInTheRootOfTheCacheIsOnTheWrongLevel() throws IOException {
    Models.fill(cache.root(), "here", 1);

    assertThat(look(cache.root()))
        .extracting(Finding::what)
        .contains("a model lies directly in the cache");
  }

  @Test
  void aModelOutsideOfTheCacheIsToldToBeImported() throws IOException {
    Path elsewhere = folder.resolve("output/mine");
    Models.fill(elsewhere, "mine", 1);
    Files.writeString(elsewhere.resolve("tokenizer.json"), TOKENIZER);

    assertThat(look(elsewhere))
        .extracting(Finding::next)
        .containsExactly("model import '" + elsewhere + "'");
  }

  @Test
  void twoHalvesThatLieApartAreBroughtTogether() throws IOException {
    Path onnx = cache.root().resolve("your-model-name/onnx");
    Models.fill(onnx, "x", 1);
    Files.delete(onnx.resolve("inference_model.json"));
    Path half = cache.root().resolve("custom/your-finetuned-model");
    Files.createDirectories(half);
    Files.writeString(half.resolve("inference_model.json"), "{\"Name\": \"x\"}");

    for (Path either : List.of(onnx, half)) {
      assertThat(look(either).getFirst())
          .isEqualTo(
              new Finding(
                  "the two halves of a model lie apart",
                  "the ONNX files in '" + onnx + "', inference_model.json in '" + half + "'",
                  "mv '" + onnx + "'/* '" + half + "'"));
    }
  }

  @Test
  void theFolderThatOliveAddsIsNamed() throws IOException {
    Path output = cache.root().resolve("custom/from-olive");
    Models.fill(output.resolve("model"), "x", 1);
    Files.delete(output.resolve("model/inference_model.json"));
    Files.writeString(output.resolve("inference_model.json"), "{\"Name\": \"x\"}");

    assertThat(look(output))
        .extracting(Finding::what)
        .containsExactly("the files of '" + output + "' lie in its folder 'model'");
  }

  @Test
  void aHalfDownloadAndACheckpointAreNotModels() throws IOException {
    Files.createFile(model.resolve("download.tmp"));
    Path checkpoint = Files.createDirectories(folder.resolve("checkpoint"));
    Files.writeString(checkpoint.resolve("config.json"), "{}");
    Files.writeString(checkpoint.resolve("model.safetensors"), "");

    assertThat(look(model).getFirst().what()).endsWith("is not finished");
    assertThat(look(checkpoint).getFirst().next())
        .isEqualTo("quantize '" + checkpoint + "' --precision int4");
  }

  @Test
  void brokenAndNewerManifestsAreSaid() throws IOException {
    Path ours = Models.add(cache, "a", Precision.INT4, 1).folder();
    Files.writeString(ours.resolve("tokenizer.json"), TOKENIZER);
    Path manifest = ours.resolve("slm_manifest.json");
    String json = Files.readString(manifest);

    Files.writeString(manifest, json.replaceFirst("\"format\" *: 1", "\"format\": 9"));
    assertThat(look(ours).getFirst().what()).contains("newer slm");
    Files.writeString(manifest, json.substring(0, 100));
    assertThat(look(ours)).hasSize(1);
  }

  @Test
  void marksThatTheTokenizerDoesNotKnowAreNamed() throws IOException {
    Files.writeString(
        model.resolve("inference_model.json"),
        "{\"Name\": \"x\", \"PromptTemplate\": {\"user\": \"<start_of_turn>user\\n{Content}\","
            + " \"prompt\": \"<|im_start|>user\\n{Content}\"}}");

    assertThat(look(model).getFirst().why()).isEqualTo("<start_of_turn>");
  }

  @Test
  void lengthsBeyondTheContextAreNamed() throws IOException {
    Files.writeString(
        model.resolve("inference_model.json"),
        "{\"Name\": \"x\", \"ModelConfig\": {\"max_length\": 4096}}");

    assertThat(look(model).getFirst())
        .isEqualTo(
            new Finding(
                "ModelConfig.max_length is 4096 in inference_model.json",
                "the model's context is 2048 tokens",
                "write 2048 there"));
  }

  @Test
  void aLibraryThatRunsOnLoadIsRefused() throws IOException {
    Files.writeString(
        model.resolve("genai_config.json"),
        "{\"model\": {\"decoder\": {\"session_options\": {\"custom_ops_library\": \"x.so\"}}}}");

    assertThat(look(model).getFirst().what()).contains("native library");
  }

  private List<Finding> look(Path path) {
    return FolderDoctor.look(cache, path);
  }
}
