package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.engine.check.RuntimeConfig;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GraphPartsTest {
  private static final long LARGE = 1L << 30;

  @ParameterizedTest
  @CsvSource({"INT4, 2", "INT4, 3", "FP32, 2", "FP16, 2"})
  void aGraphInPartsComputesExactlyWhatItComputesInOne(Precision precision, int threads)
      throws OrtException {
    Path folder = DemoModel.folder(precision);
    try (LoadedModel whole = new OrtEngine().load(folder, threads(threads), Progress.NONE);
        LoadedModel cut = inParts(folder, threads, threads)) {

      assertThat(answer(cut)).isEqualTo(answer(whole));
      assertThat(cut.vocabularySize()).isEqualTo(whole.vocabularySize());
      assertThat(cut.bytesPerToken()).isEqualTo(whole.bytesPerToken());
    }
  }

  @Test
  void aSmallModelStaysInOnePart() throws OrtException {
    Path folder = DemoModel.folder(Precision.INT4);

    Stages stages = new Opening(folder.resolve("model.onnx"), 4).open(10_000_000);

    assertThat(stages.count()).isEqualTo(1);
    stages.close();
  }

  @Test
  void aGraphThatCannotBeCutHasNoParts() throws IOException {
    byte[] graph = Files.readAllBytes(DemoModel.folder(Precision.INT4).resolve("model.onnx"));
    String withoutNorms = new String(graph, StandardCharsets.ISO_8859_1);
    byte[] renamed =
        withoutNorms
            .replace("SkipSimplifiedLayerNormalization", "SkipSimplifiedLayerNormalisation")
            .replace("SimplifiedLayerNormalization", "SimplifiedLayerNormalisation")
            .getBytes(StandardCharsets.ISO_8859_1);

    assertThat(GraphParts.of(ByteBuffer.wrap(graph), 2)).hasSize(2);
    assertThat(GraphParts.of(ByteBuffer.wrap(renamed), 2)).isEmpty();
  }

  private static LoadedModel inParts(Path folder, int threads, int parts) throws OrtException {
    Path graph = folder.resolve("model.onnx");
    Stages stages = new Opening(graph, threads).open(LARGE);
    assertThat(stages.count()).isEqualTo(parts);
    GraphIo io = GraphIo.read(graph, RuntimeConfig.read(folder), stages);
    return new OrtModel(folder, stages, io, 512, threads, LARGE);
  }

  private static LoadSettings threads(int count) {
    return LoadSettings.DEFAULT.withThreads(count).withMaxContext(512);
  }

  /** The tokens of an answer, and the logits after a few tokens of its prompt. */
  private static List<Object> answer(LoadedModel model) {
    List<Object> answer = new ArrayList<>();
    int[] prompt = DemoModel.longPrompt(70);
    try (Sequence sequence = model.newSequence()) {
      sequence.generate(
          prompt, GenerationSettings.greedy(30), (token, _) -> answer.add(token), Progress.NONE);
      sequence.score(
          Arrays.copyOf(prompt, 20),
          (_, logits) -> answer.add(Arrays.hashCode(logits)),
          Progress.NONE);
    }
    return answer;
  }
}
