package dev.slm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  @TempDir Path folder;

  @Test
  void everyKindOfExpectationIsUnderstood() throws IOException {
    List<EvaluationSet.Question> questions =
        read("""
                [{"prompt":"a","exact":"Paris."},
                 {"prompt":"b","starts_with":"Run cache"},
                 {"prompt":"c","contains_all":["red","green"]},
                 {"prompt":"d","contains_any":["red","green"]},
                 {"prompt":"e","regex":"^\\\\d+$"}]""")
            .questions();

    assertThat(questions.get(0).isRight(" paris. ")).isTrue();
    assertThat(questions.get(0).isRight("Paris. Yes")).isFalse();
    assertThat(questions.get(1).isRight("run  cache ls")).isTrue();
    assertThat(questions.get(2).isRight("Green and red")).isTrue();
    assertThat(questions.get(2).isRight("red")).isFalse();
    assertThat(questions.get(3).isRight("red")).isTrue();
    assertThat(questions.get(4).isRight("42")).isTrue();
    assertThat(questions.get(4).isRight("42 of")).isFalse();
  }

  @Test
  void patternThatNeverEndsIsAWrongAnswer() throws IOException {
    EvaluationSet.Question question =
        read("[{\"prompt\":\"a\",\"regex\":\"^(a|aa)+$\"}]").questions().getFirst();

    assertThat(question.isRight("a".repeat(60) + "!")).isFalse();
  }

  @Test
  void allMistakesOfASetAreNamedAtOnce() {
    Problem problem =
        catchThrowableOfType(
            Problem.class,
            () ->
                read(
                    """
                    [{"exact":"x"},{"prompt":"b"},{"prompt":"c","exact":"x","regex":"y"},
                     {"prompt":"d","regex":"([a-"},{"prompt":"e","contains_all":[]},
                     {"prompt":"f","exact":"x","score":1}]"""));

    assertThat(problem.what()).startsWith("6 mistakes in ");
  }

  @Test
  void setOfTheDemoModelShips() {
    EvaluationSet set = EvaluationSet.read(EvaluationSet.DEMO, Path.of("nowhere"));

    assertThat(set.questions()).hasSize(49);
    assertThat(set.questions().getFirst().isRight("Run cache ls. It lists models.")).isTrue();
  }

  private EvaluationSet read(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("set.json"), json);
    return EvaluationSet.read(file.toString(), file);
  }
}
