package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void quotesAndBackslashesWorkAsInAPosixShell() {
    assertThat(texts("a  'b c'  \"d \\\" e\" f\\ g 'it'\"'s\" \"\" x'y'z"))
        .containsExactly("a", "b c", "d \" e", "f g", "it's", "", "xyz");
  }

  @Test
  void pathsOfWindowsSurvive() {
    assertThat(texts("C:\\models\\qwen 'C:\\my models'"))
        .containsExactly("C:\\models\\qwen", "C:\\my models");
  }

  @Test
  void commentsBeginAWord() {
    assertThat(texts("a #b c")).containsExactly("a");
    assertThat(texts("a#b '#c' \\#d")).containsExactly("a#b", "#c", "#d");
  }

  @Test
  void nothingOfAShellIsObeyed() {
    assertThat(texts("a;b $(rm x) `y` a|b > c & *"))
        .containsExactly("a;b", "$(rm", "x)", "`y`", "a|b", ">", "c", "&", "*");
  }

  @Test
  void whatIsOpenIsKnown() {
    assertThat(Words.split("a 'b").open()).isEqualTo(Words.Open.SINGLE_QUOTE);
    assertThat(Words.split("a \"b").open()).isEqualTo(Words.Open.DOUBLE_QUOTE);
    assertThat(Words.split("a \\").open()).isEqualTo(Words.Open.NEXT_LINE);
    assertThat(Words.split("a \\").texts()).containsExactly("a");
  }

  @Test
  void placesCoverTheWordsAsTyped() {
    Words.Word word = Words.split("ab 'c d' e").words().get(1);

    assertThat(word).isEqualTo(new Words.Word("c d", 3, 8, true));
  }

  @Test
  void splittingGivesBackWhatWasQuoted() {
    long seed = 7;
    Random random = new Random(seed);
    String alphabet = "ab '\"\\$#{}~\n\t\u00e4\u65e5";
    for (int round = 0; round < 5_000; round++) {
      List<String> words = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        StringBuilder word = new StringBuilder();
        for (int j = random.nextInt(6); j > 0; j--) {
          word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        words.add(word.toString());
      }

      String line = String.join(" ", words.stream().map(Words::quote).toList());

      assertThat(Words.split(line, name -> "!").complete())
          .as("seed " + seed + ", round " + round + ": " + line)
          .isEqualTo(words);
    }
  }

  private static List<String> texts(String line) {
    return Words.split(line).complete();
  }
}
