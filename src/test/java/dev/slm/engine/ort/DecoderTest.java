package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.engine.DemoModel;
import dev.slm.engine.check.ModelCheck;
import dev.slm.engine.sampling.Sampler;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private final DemoModel.Reference reference = DemoModel.references().getFirst();
  private final int[] prompt = reference.promptIds();
  private OrtSession.RunOptions options;
  private Stages stages;
  private GraphIo io;
  private Decoder decoder;

  @BeforeEach
  void open() throws OrtException {
    Path folder = DemoModel.folder(Precision.FP32);
    ModelCheck model = ModelCheck.of(folder);
    Path graph = folder.resolve(model.config().graph());
    options = new OrtSession.RunOptions();
    stages = new Opening(graph, 1).open(model.weightBytes());
    io = GraphIo.read(graph, model.config(), stages);
    decoder = new Decoder(stages.runner(), io, Integer.MAX_VALUE, 256);
  }

  @AfterEach
  void close() throws OrtException {
    decoder.close();
    stages.close();
    options.close();
  }

  @Test
  void whatWasKnownIsComputedAnewWhenTheCacheCouldNotGrow() throws OrtException {
    decoder.run(prompt, 0, prompt.length, options);
    float[] expected = decoder.logits().clone();

    assertThatThrownBy(() -> decoder.reserve(2_000_000_000))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("no memory for a conversation of 2,000,000,000 tokens");

    assertThat(decoder.common(prompt)).isZero();
    decoder.run(prompt, 0, prompt.length, options);
    assertThat(decoder.logits()).isEqualTo(expected);
  }

  /** What speculation needs: guesses run in one step, and what was not chosen is dropped. */
  @Test
  void severalTokensInOneStepGiveTheChoicesOfSingleSteps() throws OrtException {
    int[] answer = reference.greedyIds();
    int last = prompt.length - 1;
    int wrong = answer[2] + 1;
    int[] step = {prompt[last], answer[0], answer[1], wrong, answer[3]};
    Sampler sampler = new Sampler(GenerationSettings.greedy(8), prompt, io.vocabulary());
    List<Integer> chosen = new ArrayList<>();
    decoder.run(prompt, 0, last, options);

    decoder.run(step, 0, step.length, options, (_, row) -> chosen.add(sampler.choose(row, null)));
    assertThat(chosen.subList(0, 3)).containsExactly(answer[0], answer[1], answer[2]);

    decoder.truncate(prompt.length + 2);
    decoder.run(answer, 2, 1, options);
    assertThat(sampler.choose(decoder.logits(), null)).isEqualTo(answer[3]);
  }
}
