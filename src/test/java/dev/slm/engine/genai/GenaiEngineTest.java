package dev.slm.engine.genai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.Engine;
import dev.slm.engine.EngineContract;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.TokenMask;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.EnabledIf;

public class GenaiEngineTest {
  static boolean isAvailable() {
    return new GenaiEngine().unavailable().isEmpty();
  }

  /** Where the library loads, it keeps the contract. */
  @Nested
  @EnabledIf("dev.slm.engine.genai.GenaiEngineTest#isAvailable")
  class WhereItRuns extends EngineContract {
    @Override
    protected Engine engine() {
      return new GenaiEngine();
    }
  }

  /** Where it does not, people learn why in one line and have the other engine. */
  @Nested
  @DisabledIf("dev.slm.engine.genai.GenaiEngineTest#isAvailable")
  class WhereItDoesNotRun {
    @Test
    void theRefusalSaysWhyAndWhatToTypeInstead() {
      assertThatThrownBy(
              () ->
                  new GenaiEngine()
                      .load(DemoModel.folder(Precision.FP32), LoadSettings.DEFAULT, Progress.NONE))
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> {
                assertThat(problem.what()).isEqualTo("the engine 'genai' does not run here");
                assertThat(problem.why().orElseThrow()).startsWith("onnxruntime-genai ");
                assertThat(problem.next()).contains("model run NAME --engine ort");
              });
    }

    @Test
    void theRegistryRefusesItTheSameWay() {
      assertThatThrownBy(() -> Engines.load().find("genai"))
          .hasMessageContaining("the engine 'genai' does not run here (onnxruntime-genai ");
    }
  }

  @Test
  void anOldSystemLibraryIsNamedWithBothVersions() {
    assertThat(GenaiRuntime.glibcMistake("2.36"))
        .isEqualTo("onnxruntime-genai needs glibc 2.38, this system has 2.36");
    assertThat(GenaiRuntime.glibcMistake("2.38")).isEmpty();
    assertThat(GenaiRuntime.glibcMistake("3.0")).isEmpty();
    assertThat(GenaiRuntime.glibcMistake("")).contains("another C library");
  }

  @Test
  void optionsThatItDoesNotKnowAreRefusedByName() {
    GenerationSettings settings =
        GenerationSettings.DEFAULT
            .withMinP(0.1)
            .withLogprobs(3)
            .withLogitBias(Map.of(1, 1.0))
            .withPenalties(1.1, 0.5, 0.5, 2);

    assertThatThrownBy(() -> SearchOptions.check(settings, TokenMask.NONE))
        .hasMessage(
            "the engine 'genai' does not know 'min_p', 'presence_penalty', 'frequency_penalty',"
                + " 'logit_bias', 'logprobs'");
  }
}
