package dev.slm.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SafeTextTest {
  private static final Map<String, String> ATTACKS =
      Map.ofEntries(
          Map.entry("\u001b[31mred\u001b[0m", "\\x1b[31mred\\x1b[0m"),
          Map.entry("\u001bc", "\\x1bc"),
          Map.entry("\u001b]0;title\u0007", "\\x1b]0;title\\x07"),
          Map.entry("\u001b]8;;http://x\u001b\\link", "\\x1b]8;;http://x\\x1b\\link"),
          Map.entry("\u001b]52;c;cHdu\u0007", "\\x1b]52;c;cHdu\\x07"),
          Map.entry("\u001bP+q544e\u001b\\", "\\x1bP+q544e\\x1b\\"),
          Map.entry("\u001b[?1049h", "\\x1b[?1049h"),
          Map.entry("\u001b[6n", "\\x1b[6n"),
          Map.entry("\u009b31m", "\\x9b31m"),
          Map.entry("a\bb", "a\\x08b"),
          Map.entry("safe\revil", "safe\\x0devil"),
          Map.entry("a\u0000b\u007f", "a\\x00b\\x7f"),
          Map.entry("a\u202egpj.exe", "a\\u202egpj.exe"),
          Map.entry("\u2066x\u2069", "\\u2066x\\u2069"),
          Map.entry("a\u200bb\ufeffc", "a\\u200bb\\ufeffc"),
          Map.entry("a\u2028b", "a\\u2028b"),
          Map.entry("x\udb40\udc41y", "x\\u{e0041}y"),
          Map.entry("half\ud83d", "half\ufffd"),
          Map.entry("\ude00half", "\ufffdhalf"));

  private static final List<String> ORDINARY =
      List.of(
          "plain\ttext\nnext line",
          "Ελληνικά русский עברית العربية हिन्दी தமிழ் ไทย 日本語 한국어",
          // the joiners that Persian, Hindi and emoji need, and the marks of Hebrew
          "نمی\u200cخواهم क्\u200dष 👨\u200d👩\u200d👧 👍🏽 ☺\ufe0f 🇪🇺 \u200fשלום\u200e",
          "naïve café — “quoted” …",
          "𝔘𝔫𝔦𝔠𝔬𝔡𝔢");

  @Test
  void whateverATerminalObeysBecomesVisible() {
    ATTACKS.forEach((attack, shown) -> assertThat(SafeText.of(attack)).isEqualTo(shown));
  }

  @Test
  void ordinaryTextOfAnyScriptIsUntouched() {
    ORDINARY.forEach(text -> assertThat(SafeText.of(text)).isEqualTo(text));
  }

  @Test
  void whereATextIsCutDoesNotMatter() {
    ATTACKS.forEach(
        (text, expected) -> {
          for (int cut = 0; cut <= text.length(); cut++) {
            SafeText safe = new SafeText();
            String shown = safe.next(text.substring(0, cut)) + safe.next(text.substring(cut));
            assertThat(shown + safe.end()).isEqualTo(expected);
          }
        });
    for (String text : ORDINARY) {
      SafeText safe = new SafeText();
      StringBuilder shown = new StringBuilder();
      text.chars().forEach(c -> shown.append(safe.next(String.valueOf((char) c))));
      assertThat(shown + safe.end()).isEqualTo(text);
    }
  }

  @Test
  void noRandomTextBringsAControlCharacterThrough() {
    long seed = 42;
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      SafeText safe = new SafeText();
      StringBuilder shown = new StringBuilder();
      for (int i = 0; i < 50; i++) {
        shown.append(safe.next(String.valueOf((char) random.nextInt(0x3000))));
        shown.append(safe.next(Character.toString(random.nextInt(0x10FFFF))));
      }
      shown.append(safe.end());

      assertThat(shown.chars())
          .as("seed " + seed + ", round " + round)
          .noneMatch(c -> (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c <= 0x9f));
    }
  }

  @Test
  void carriageReturnsBeforeLineFeedsAreDropped() {
    SafeText safe = new SafeText();

    assertThat(SafeText.of("a\r\nb\r\n")).isEqualTo("a\nb\n");
    assertThat(safe.next("a\r") + safe.next("\nb") + safe.end()).isEqualTo("a\nb");
  }

  @Test
  void namesStayOnOneLine() {
    assertThat(SafeText.line("a\nb\tc\u001b")).isEqualTo("a\\nb\\tc\\x1b");
  }

  @Test
  void jsonStaysTheSameJson() {
    String json = Json.line(Map.of("name", "a\u001b[31m\u202e\u009b\udb40\udc41ü"));

    String safe = SafeText.json(json);

    assertThat(safe).contains("\\u202e", "\\u009b", "\\udb40\\udc41", "ü");
    assertThat(safe).doesNotContain("\u202e").doesNotContain("\u009b");
    assertThat(Json.lenient().readTree(safe)).isEqualTo(Json.lenient().readTree(json));
  }
}
