package dev.slm.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> NAMES =
      List.of("smollm2-135m", "smollm2-1.7b", "phi-4-mini", "phi-4", "slm-demo", "qwen3-0.6b");

  @Test
  void theNearestComeFirstAndNoMoreThanThree() {
    assertThat(Nearest.to("slm-dmo", NAMES)).containsExactly("slm-demo");
    assertThat(Nearest.to("phi", NAMES)).containsExactly("phi-4", "phi-4-mini");
  }

  @Test
  void aSlipInTheBeginningOfALongNameIsForgiven() {
    assertThat(Nearest.to("smolm2", NAMES)).containsExactly("smollm2-1.7b", "smollm2-135m");
    assertThat(Nearest.to("qwn3", NAMES)).contains("qwen3-0.6b");
  }

  @Test
  void whatResemblesNothingGetsNothing() {
    assertThat(Nearest.to("mistral", NAMES)).isEmpty();
    assertThat(Nearest.to("xy", NAMES)).isEmpty();
  }
}
