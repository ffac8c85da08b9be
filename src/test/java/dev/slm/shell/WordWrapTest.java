package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordWrapTest {
  private static final String PROSE =
      "Quantization stores the weights of a model with fewer bits. The model becomes smaller and "
          + "faster, and loses a little accuracy.\n\n- one\n- two: a list stays a list\n\n"
          + "    indented code stays indented\n"
          + "Donaudampfschifffahrtsgesellschaft goes on.";

  /** The text as the stream brings it: cut anywhere, also within words. */
  private static String wrapped(String text, int width, Random random) {
    WordWrap wrap = new WordWrap(width);
    StringBuilder out = new StringBuilder();
    int[] points = text.codePoints().toArray();
    for (int from = 0; from < points.length; ) {
      int count = Math.min(points.length - from, 1 + random.nextInt(7));
      out.append(wrap.next(new String(points, from, count)));
      from += count;
    }
    return out.append(wrap.end()).toString();
  }

  @Test
  void linesFitAndWordsStayWholeWhereTheyFit() {
    for (int width : List.of(40, 80)) {
      for (int seed = 0; seed < 50; seed++) {
        String shown = wrapped(PROSE, width, new Random(seed));

        assertThat(shown.lines())
            .as("width %d, seed %d", width, seed)
            .allMatch(line -> Text.width(line) < width);
        assertThat(shown.split("\\s+")).containsExactly(PROSE.split("\\s+"));
      }
    }
  }

  @Test
  void howTheStreamIsCutChangesNothing() {
    String whole = new WordWrap(40).next(PROSE + "\n");

    for (int seed = 0; seed < 50; seed++) {
      assertThat(wrapped(PROSE + "\n", 40, new Random(seed))).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @Test
  void aWordThatFitsNowhereIsCutAtTheEdge() {
    String path = "/a/path/that/is/longer/than/the/terminal/is/wide/and/goes/on/and/on";

    String shown = wrapped("see " + path + " there", 40, new Random(5));

    assertThat(shown.lines()).allMatch(line -> Text.width(line) < 40);
    assertThat(shown.replace("\n", "").replace(" ", "")).isEqualTo("see" + path + "there");
  }

  @Test
  void lineEndsAndIndentsOfTheAnswerStay() {
    assertThat(wrapped("a\n\n  b\tc\n", 40, new Random(1))).isEqualTo("a\n\n  b    c\n");
  }

  @Test
  void wideLettersTakeTwoColumnsAndMayBreakAnywhere() {
    String chinese = "量化用更少的位数存储模型的权重模型变得更小更快并且只损失一点点的准确性";

    for (int seed = 0; seed < 20; seed++) {
      String shown = wrapped(chinese + " end " + chinese, 40, new Random(seed));

      assertThat(shown.lines()).allMatch(line -> Text.width(line) < 40);
      assertThat(shown.lines().findFirst().orElse(""))
          .satisfies(line -> assertThat(Text.width(line)).isGreaterThanOrEqualTo(38));
      assertThat(shown.replace("\n", "").replace(" ", "")).isEqualTo((chinese + "end" + chinese));
    }
  }

  @Test
  void joinedEmojiAreNotTornApart() {
    String family = "👩‍👩‍👧‍👦";
    String flag = "🇩🇪";
    String thumb = "👍🏽";
    String text = (family + " " + flag + " " + thumb + " ").repeat(12).strip();

    for (int seed = 0; seed < 20; seed++) {
      String shown = wrapped(text, 40, new Random(seed));

      assertThat(shown.lines().flatMap(line -> List.of(line.split(" ")).stream()))
          .as("seed %d", seed)
          .allMatch(word -> List.of(family, flag, thumb).contains(word));
    }
  }

  @Test
  void accentsStayOnTheirLetters() {
    String word = "e\u0301t\u00e9";

    assertThat(wrapped((word + " ").repeat(40).strip(), 40, new Random(3)).split("\\s"))
        .allMatch(word::equals);
  }
}
