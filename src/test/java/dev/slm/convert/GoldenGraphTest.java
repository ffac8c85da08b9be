package dev.slm.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.format.OnnxGraph;
import dev.slm.format.Safetensors;
import dev.slm.format.WeightFile;
import dev.slm.model.Precision;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family's graph as text, with the hash of its weights: {@code -Dgolden.update} rewrites. */
class GoldenGraphTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/families");

  @TempDir private Path folder;

  static List<String> kinds() {
    return TinyModel.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theGraphIsTheOneThatWasReviewed(String kind) throws IOException, NoSuchAlgorithmException {
    Path checkpoint = TinyModel.write(kind, folder.resolve("checkpoint"));

    String text = graph(checkpoint) + "weights " + hash(folder.resolve("weights")) + "\n";

    Path golden = GOLDEN.resolve(kind + ".graph.txt");
    if (System.getProperty("golden.update") != null) {
      Files.writeString(golden, text);
    }
    assertThat(golden).hasContent(text);
  }

  private String graph(Path checkpoint) {
    Architecture architecture =
        Converter.architecture(checkpoint, Converter.familyOf(checkpoint, FamilyFiles.all()));
    try (Safetensors tensors = Safetensors.open(checkpoint);
        WeightFile data = WeightFile.create(folder.resolve("weights"));
        Encoder encoder =
            new Encoder(
                WeightOptions.of(Precision.FP32), architecture.isTied(), 1, Progress.NONE)) {
      OnnxGraph graph = new OnnxGraph("main_graph", data);
      Weights weights = Weights.of(checkpoint, tensors, architecture, Progress.NONE);
      new DecoderGraph(new GraphBlock(graph, encoder, weights, architecture, Progress.NONE)).add();
      graph.write(folder.resolve("graph"));
      return graph.text();
    }
  }

  private static String hash(Path file) throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }
}
