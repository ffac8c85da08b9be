package dev.slm.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class JsonWalkTest {
  private static final String WHOLE =
      """
      {"a": [1, -2, 0, 1.5, -0.5e+10, 1E9, true, false, null, "", "é 日本 😀"],
       "b\\n\\u00e9\\"": {"": [], "c": {}}, "d" : "\\\\", "e":[[1],{"f":2}]}
      """;

  @Test
  void goesPastAnythingThatIsJson() {
    JsonWalk walk = new JsonWalk(WHOLE.getBytes(StandardCharsets.UTF_8));

    assertThat(walk.tree()).isEqualTo(Json.tree(WHOLE));
    walk.end();
  }

  /** The parser refuses more: names that come twice. */
  @Test
  void whatItAcceptsTheParserAccepts() {
    Random random = new Random(7);
    int accepted = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] text = WHOLE.getBytes(StandardCharsets.UTF_8);
      for (int change = random.nextInt(3); change >= 0; change--) {
        text[random.nextInt(text.length)] = mutation(random);
      }
      if (isAccepted(text)) {
        accepted++;
        assertThat(reason(text)).isIn("", "twice");
      }
    }
    assertThat(accepted).isGreaterThan(1000);
  }

  private static byte mutation(Random random) {
    byte[] likely = "{}[]\",:\\u019-+.eE tfn\n\u0001".getBytes(StandardCharsets.UTF_8);
    return random.nextBoolean()
        ? likely[random.nextInt(likely.length)]
        : (byte) random.nextInt(256);
  }

  private static boolean isAccepted(byte[] text) {
    try {
      JsonWalk walk = new JsonWalk(text);
      walk.value();
      walk.end();
      return true;
    } catch (JsonWalk.Malformed _) {
      return false;
    }
  }

  private static String reason(byte[] text) {
    try {
      var _ = Json.tree(text);
      return "";
    } catch (JacksonException e) {
      String reason = String.valueOf(e.getMessage());
      return reason.contains("Duplicate") ? "twice" : reason;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{1:2}",
        "{\"a\":1,}",
        "01",
        "-",
        "1.",
        "1e",
        "+1",
        ".5",
        "nul",
        "truE",
        "\"\\x\"",
        "\"\\u12\"",
        "\"a",
        "\"\n\"",
        "[",
        "{",
        "]",
        "[1]]"
      })
  void refusesWhatIsNotJson(String text) {
    assertThat(isAccepted(text.getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void refusesLettersThatAreNotUtf8() {
    for (int[] letter :
        new int[][] {
          {0x80},
          {0xC0, 0x80},
          {0xC3},
          {0xE0, 0x80, 0x80},
          {0xED, 0xA0, 0x80},
          {0xF5, 0x80, 0x80, 0x80}
        }) {
      byte[] text = new byte[letter.length + 2];
      text[0] = '"';
      for (int i = 0; i < letter.length; i++) {
        text[i + 1] = (byte) letter[i];
      }
      text[text.length - 1] = '"';
      assertThat(isAccepted(text)).isFalse();
    }
  }

  @Test
  void numbersAreThemselvesOrNotWholeOnes() {
    assertThat(number("0")).isZero();
    assertThat(number("123456789012345678")).isEqualTo(123456789012345678L);
    assertThat(number("9".repeat(40))).isEqualTo(Long.MAX_VALUE);
    assertThat(number("-1")).isEqualTo(-1);
    assertThat(number("1.0")).isEqualTo(-1);
    assertThat(number("1e2")).isEqualTo(-1);
  }

  private static long number(String text) {
    return new JsonWalk(text.getBytes(StandardCharsets.UTF_8)).number();
  }

  @Test
  void depthIsLimited() {
    byte[] deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> new JsonWalk(deep).value()).isInstanceOf(JsonWalk.Malformed.class);
  }
}
