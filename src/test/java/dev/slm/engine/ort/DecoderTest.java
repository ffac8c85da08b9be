package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.engine.DemoModel;
import dev.slm.engine.check.ModelCheck;
import dev.slm.model.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DecoderTest {
  @Test
  void whatWasKnownIsComputedAnewWhenTheCacheCouldNotGrow() throws Exception {
    Path folder = DemoModel.folder(Precision.FP32);
    ModelCheck model = ModelCheck.of(folder);
    Path graph = folder.resolve(model.config().graph());
    int[] prompt = DemoModel.references().getFirst().promptIds();
    Stages stages = new Opening(graph, 1).open(model.weightBytes());
    try (OrtSession.RunOptions options = new OrtSession.RunOptions();
        Decoder decoder =
            new Decoder(
                stages.runner(),
                GraphIo.read(graph, model.config(), stages),
                Integer.MAX_VALUE,
                256)) {
      decoder.run(prompt, 0, prompt.length, options);
      float[] expected = decoder.logits().clone();

      assertThatThrownBy(() -> decoder.reserve(2_000_000_000))
          .isInstanceOf(Problem.class)
          .hasMessageContaining("no memory for a conversation of 2,000,000,000 tokens");

      assertThat(decoder.common(prompt)).isZero();
      decoder.run(prompt, 0, prompt.length, options);
      assertThat(decoder.logits()).isEqualTo(expected);
    } finally {
      stages.close();
    }
  }
}
