package dev.slm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.slm.base.Json;
import dev.slm.testing.ReferenceForward;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Every family and switch: the graph in the runtime against plain loops over the checkpoint. */
class FamiliesTest {
  private static final Offset<Float> TOLERANCE = Offset.offset(1e-4f);

  /** What Hugging Face transformers gives for the same checkpoints. */
  private static final Path ORACLE = Path.of("src/test/resources/golden/families/oracle.json");

  /** Fewer than the windows of the tiny models, and more than their original contexts. */
  private static final int[] SHORT = {7, 260, 33};

  private static final int[] LONG = {
    1, 256, 12, 99, 5, 5, 200, 31, 257, 64, 18, 240, 2, 77, 131, 9, 250, 3, 42
  };

  @TempDir private Path folder;

  static List<String> kinds() {
    return TinyModel.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void logitsAreThoseOfPlainLoops(String kind) throws OrtException {
    Path checkpoint = TinyModel.write(kind, folder.resolve("checkpoint"));

    try (OnnxRun run = convert(checkpoint);
        ReferenceForward reference = new ReferenceForward(checkpoint)) {
      for (int[] ids : List.of(SHORT, LONG)) {
        run.reset();
        assertSame(run.next(ids), reference.logits(ids));
      }
    }
  }

  @Test
  void theTextPartOfACheckpointThatReadsImagesIsTheModelForText() throws OrtException {
    Path plain = TinyModel.write("gemma3", folder.resolve("plain"));
    Path checkpoint = TinyModel.writeWithVision("gemma3", folder.resolve("checkpoint"));

    try (OnnxRun run = convert(checkpoint);
        ReferenceForward reference = new ReferenceForward(plain)) {
      assertSame(run.next(LONG), reference.logits(LONG));
    }
  }

  @Test
  void whatAConfigurationLeavesOutComesFromItsFamily() throws IOException {
    // config.json of google/gemma-3-4b-it
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures": ["Gemma3ForConditionalGeneration"], "eos_token_id": [1, 106],
         "model_type": "gemma3",
         "text_config": {"hidden_size": 2560, "intermediate_size": 10240,
          "model_type": "gemma3_text", "num_hidden_layers": 34,
          "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024},
         "vision_config": {"hidden_size": 1152}}
        """);

    Architecture architecture =
        Converter.architecture(folder, Converter.familyOf(folder, FamilyFiles.all()));

    assertThat(architecture.sizes())
        .isEqualTo(new Architecture.Sizes(262_208, 2560, 10_240, 8, 4, 256));
    assertThat(architecture.tokens().end()).containsExactly(1, 106);
    assertThat(architecture.contextLength()).isEqualTo(131_072);
    assertThat(architecture.layers()).extracting(layer -> layer.window()).startsWith(1024, 1024);
    assertThat(architecture.layers().get(5).window()).isZero();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void decodingWithACacheIsComputingEverythingAgain(String kind) throws OrtException {
    Path checkpoint = TinyModel.write(kind, folder.resolve("checkpoint"));

    try (OnnxRun run = convert(checkpoint);
        ReferenceForward reference = new ReferenceForward(checkpoint)) {
      // phi-4-mini rotates by other factors beyond 16 tokens, also those that it has seen before
      int[] ids = kind.equals("phi4_mini") ? Arrays.copyOf(LONG, 16) : LONG;
      int begin = ids.length - 2;
      run.next(Arrays.copyOf(ids, begin - 3));
      run.next(Arrays.copyOfRange(ids, begin - 3, begin));
      for (int length = begin + 1; length <= ids.length; length++) {
        float[][] expected = reference.logits(Arrays.copyOf(ids, length));

        float[] found = run.nextLast(ids[length - 1]);

        assertThat(found).containsExactly(expected[length - 1], TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void plainLoopsGiveWhatPyTorchGives(String kind) {
    Path checkpoint = TinyModel.write(kind, folder.resolve("checkpoint"));
    JsonNode oracle = Json.tree(ORACLE, 1 << 20).get("kinds").get(kind);

    try (ReferenceForward reference = new ReferenceForward(checkpoint)) {
      assertThat(oracle).hasSize(2);
      for (JsonNode expected : oracle) {
        int[] ids = Json.lenient().convertValue(expected.get("ids"), int[].class);

        float[][] logits = reference.logits(ids);

        float[] first = Json.lenient().convertValue(expected.get("first"), float[].class);
        assertThat(Arrays.copyOf(logits[ids.length - 1], first.length))
            .containsExactly(first, Offset.offset(1e-3f));
        for (int i = 0; i < ids.length; i++) {
          assertThat(OnnxRun.argmax(logits[i])).isEqualTo(expected.get("argmax").get(i).asInt());
          assertThat(sumOfSquares(logits[i]))
              .isCloseTo(expected.get("sumsq").get(i).asDouble(), Percentage.withPercentage(0.01));
        }
      }
    }
  }

  private static double sumOfSquares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }

  private OnnxRun convert(Path checkpoint) throws OrtException {
    Path model = folder.resolve("model");
    Conversions.fp32(checkpoint, Converter.familyOf(checkpoint, FamilyFiles.all()), model);
    return new OnnxRun(model);
  }

  private static void assertSame(float[][] found, float[][] expected) {
    assertThat(found.length).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).as("position " + i).containsExactly(expected[i], TOLERANCE);
    }
  }
}
