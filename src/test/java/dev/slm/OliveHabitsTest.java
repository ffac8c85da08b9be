package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Json;
import dev.slm.cache.ModelCache;
import dev.slm.model.Manifest;
import dev.slm.shell.Console;
import dev.slm.shell.Screen;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What users of Olive type by habit: it works, or says what to type instead. */
class OliveHabitsTest {
  @TempDir Path home;
  private Path checkpoint;

  @BeforeEach
  void write() {
    checkpoint = TinyModel.write("llama", home.resolve("your-model"));
  }

  /** What a command printed. */
  private record Typed(int status, String out, String err) {}

  @ParameterizedTest
  @ValueSource(strings = {"olive auto-opt", "auto-opt", "olive optimize", "optimize"})
  void theLineOfTheGuideMakesAModel(String command) {
    Path output = home.resolve("models/your-model-name/onnx");

    Typed typed =
        type(
            command
                + " --model_name_or_path "
                + checkpoint
                + " --device cpu --provider CPUExecutionProvider --use_model_builder"
                + " --precision int4 --output_path "
                + output
                + " --log_level 1");

    assertThat(typed.status()).as(typed.err()).isZero();
    assertThat(typed.err())
        .contains("--log_level has no effect here", "saved in '" + output + "'")
        .doesNotContain("--device");
    Manifest made = ModelCache.manifestOf(output).orElseThrow();
    assertThat(made.name()).isEqualTo("your-model-name-int4");
    assertThat(made.options()).containsEntry("block-size", "32").containsEntry("symmetric", "true");
  }

  @ParameterizedTest
  @ValueSource(strings = {"olive run --config", "run --config", "olive run --run-config"})
  void theFileOfTheGuideMakesAModel(String command) throws IOException {
    Path output = home.resolve("out");
    Path config =
        Files.writeString(
            home.resolve("conversion.json"),
            """
            { "input_model": { "type": "HfModel", "model_path": "%s", "task": "text-generation" },
              "systems": { "local_system": { "type": "LocalSystem", "accelerators": [ { "execution_providers": [ "CPUExecutionProvider" ] } ] } },
              "passes": { "builder": { "type": "ModelBuilder", "config": { "precision": "int4", "quantization_config": { "block_size": 16, "is_symmetric": false } } } },
              "host": "local_system", "target": "local_system", "cache_dir": "cache", "output_dir": "%s" }
            """
                .formatted(checkpoint, output));

    Typed typed = type(command + " " + config);

    assertThat(typed.status()).as(typed.err()).isZero();
    assertThat(typed.err()).contains("'cache_dir' has no effect here");
    assertThat(ModelCache.manifestOf(output).orElseThrow().options())
        .containsEntry("block-size", "16")
        .containsEntry("symmetric", "false");
  }

  @Test
  void optimizeTakesTheSizeOfBlocksAndNamesWhatHasNoEffect() {
    Typed typed =
        type(
            "olive optimize -m %s -t text-generation --precision int8 --block_size 64 --exporter dynamo_exporter --num_split 2 --dry_run --json"
                .formatted(checkpoint));

    assertThat(typed.status()).as(typed.err()).isZero();
    assertThat(typed.err().lines().toList())
        .containsExactly(
            "warning: --num_split has no effect here", "warning: --exporter has no effect here");
    JsonNode plan = Json.lenient().readTree(typed.out());
    assertThat(plan.path("name").asString()).isEqualTo("your-model-int8");
  }

  @Test
  void whatCannotBeHadIsToldAllAtOnceWithWhatToWrite() {
    Typed typed =
        type(
            "olive optimize -m %s --device gpu --provider CUDAExecutionProvider -a adapter --use_qdq_format --enable_aot"
                .formatted(checkpoint));

    assertThat(typed.status()).isEqualTo(2);
    assertThat(typed.err())
        .contains(
            "--device gpu: write --device cpu",
            "--provider CUDAExecutionProvider: write --provider CPUExecutionProvider",
            "--adapter_path: merge the adapter",
            "--use_qdq_format: leave it out",
            "--enable_aot: leave it out");
  }

  @Test
  void otherVerbsOfOliveGetTheOnesThatAreHere() {
    for (String verb : List.of("quantize", "finetune", "capture-onnx-graph")) {
      Typed typed = type("olive " + verb + " -m x");

      assertThat(typed.status()).isEqualTo(2);
      assertThat(typed.err())
          .contains(
              "no command 'olive " + verb + "'",
              "did you mean: olive auto-opt, olive optimize, olive run");
    }
    assertThat(type("olive").err()).contains("one of auto-opt, optimize, run");
    assertThat(type("olive auto-op -m x").err()).contains("did you mean: olive auto-opt");
  }

  @Test
  void aRepositoryThatIsNotHereIsToldHowToGetIt() {
    Typed typed = type("auto-opt -m Somebody/a-model --precision int4");

    assertThat(typed.status()).isEqualTo(2);
    assertThat(typed.err())
        .contains("no folder 'Somebody/a-model'", "model download Somebody/a-model --raw");
  }

  private Typed type(String line) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status;
    try (App app = App.open(Map.of("SLM_HOME", home.resolve("home").toString()), home, "Linux")) {
      Console console = new Console(Screen.plain(out, err), new Nobody());
      status = app.shell(console).run(List.of(line.split(" ")));
    }
    return new Typed(status, out.toString(), err.toString());
  }
}
