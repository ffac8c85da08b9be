package dev.slm.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PassMarkTest {
  @ParameterizedTest
  @CsvSource({"70, 70 %", "0.7, 70 %", "70%, 70 %", "70 %, 70 %", "1, 100 %", "1.0, 100 %"})
  void percentagesAndSharesMeanTheSame(String written, String meant) {
    assertThat(PassMark.parse(written)).get().hasToString(meant);
  }

  @ParameterizedTest
  @CsvSource({"0, 0 %", "0.5%, 0.5 %", "1%, 1 %", "1.5, 1.5 %", "100, 100 %", "77.6, 77.6 %"})
  void signsAndNumbersAboveOneArePercentages(String written, String meant) {
    assertThat(PassMark.parse(written)).get().hasToString(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "%", "NaN", "Infinity", "-1", "101", "100.1%", "0,7", "1e1", "70%%"})
  void whatIsNoShareOfAWholeIsNone(String written) {
    assertThat(PassMark.parse(written)).isEmpty();
  }

  @Test
  void scoreExactlyAtTheLineReachesItWhateverTheCount() {
    for (int of = 1; of <= 300; of++) {
      for (int percent = 0; percent <= 100; percent++) {
        PassMark mark = PassMark.parse(percent + "%").orElseThrow();
        int needed = (percent * of + 99) / 100;

        assertThat(mark.isReached(score(needed, of))).as("%d of %d", needed, of).isTrue();
        assertThat(needed > 0 && mark.isReached(score(needed - 1, of))).isFalse();
      }
    }
  }

  @Test
  void shareThatNoBinaryNumberHoldsIsReachedExactly() {
    // 0.57 * 100 and 57 / 100.0 * 100 are both below 57 or above it, depending on who rounds
    for (String written : List.of("57", "0.57", "57%")) {
      PassMark mark = PassMark.parse(written).orElseThrow();

      assertThat(mark.isReached(score(57, 100))).as(written).isTrue();
      assertThat(mark.isReached(score(56, 100))).as(written).isFalse();
    }
  }

  @Test
  void modelThatCouldNotBeAskedReachesNothing() {
    assertThat(PassMark.NONE.isReached(new Evaluation.Score("m", "not there", 2, List.of())))
        .isFalse();
  }

  private static Evaluation.Score score(int right, int of) {
    List<Evaluation.Marked> answers = new ArrayList<>();
    for (int i = 0; i < of; i++) {
      answers.add(new Evaluation.Marked("p", List.of(), "a", i < right));
    }
    return new Evaluation.Score("m", "", answers.size(), answers);
  }
}
