package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptTextTest {
  @Test
  void theLoadedModelStandsInThePrompt() {
    assertThat(prompt("local", Optional.empty())).isEqualTo("slm> ");
    assertThat(prompt("local", Optional.of("slm-demo-int8"))).isEqualTo("slm slm-demo-int8> ");
  }

  @Test
  void theContextStandsThereUnlessItIsThisMachine() {
    assertThat(prompt("office", Optional.of("phi"))).isEqualTo("slm @office phi> ");
  }

  @Test
  void namesOfOthersCannotControlTheTerminal() {
    assertThat(prompt("local", Optional.of("a\u001b[2J"))).isEqualTo("slm a\\x1b[2J> ");
  }

  private static String prompt(String context, Optional<String> model) {
    return new PromptText(() -> context, () -> model).get().plain();
  }
}
