package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretsTest {
  @Test
  void tokensAndKeysAreMaskedWhereverTheyStand() {
    assertThat(Secrets.mask("config set hub.token abc")).isEqualTo("config set hub.token …");
    assertThat(Secrets.mask("config set hub.token=abc")).isEqualTo("config set hub.token=…");
    assertThat(Secrets.mask("model download x --token abc --json"))
        .isEqualTo("model download x --token … --json");
    assertThat(Secrets.mask("chat 'my key is sk-abcdefghijklmnopqrst'"))
        .isEqualTo("chat 'my key is …'");
  }

  @Test
  void ordinaryLinesStayAsTheyWereTyped() {
    String line = "model  run 'qwen2.5 0.5b'   --max-tokens 5";

    assertThat(Secrets.isIn(line)).isFalse();
    assertThat(Secrets.mask(line)).isEqualTo(line);
  }
}
