package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.engine.LoadSettings;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose template speaks of {@code <think>}, which is several tokens of this one. */
class ReasoningTest {
  private static final Path DEMO = Path.of("src/model/checkpoint");
  private static final String ASKING =
      "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:\n";

  @TempDir Path folder;

  private final ScriptedEngine engine = new ScriptedEngine(2048);
  private final List<String> answered = new ArrayList<>();
  private final List<String> reasoned = new ArrayList<>();

  @BeforeEach
  void copy() throws IOException {
    Files.copy(DEMO.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(engine.openSequences()).isZero();
  }

  private Answer answer(String template, String said, GenerationSettings settings)
      throws IOException {
    Files.writeString(folder.resolve("chat_template.jinja"), template);
    AnswerListener listener =
        new AnswerListener() {
          @Override
          public void text(String piece) {
            answered.add(piece);
          }

          @Override
          public void reasoning(String piece) {
            reasoned.add(piece);
          }
        };
    try (ChatModel model =
        ChatModel.open("thinker", folder, List::of, engine, LoadSettings.DEFAULT, Progress.NONE)) {
      engine.say(model.tokenizer().encode(said));
      return model.answer(List.of(Message.user("x")), settings, listener, Progress.NONE);
    }
  }

  @Test
  void whatStandsBetweenTheMarksIsReasoningHoweverTheTokensAreCut() throws IOException {
    Answer answer =
        answer(
            ASKING + "{# </think> #}",
            "<think>\nTwo < three.\n</think>\n\nFour.",
            GenerationSettings.greedy(200));

    assertThat(answer.reasoning()).isEqualTo("Two < three.");
    assertThat(answer.text()).isEqualTo("Four.");
    assertThat(String.join("", reasoned)).isEqualTo(answer.reasoning());
    assertThat(String.join("", answered)).isEqualTo(answer.text());
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void aTemplateMayBeginTheReasoning() throws IOException {
    Answer answer =
        answer(
            ASKING + "<think>\n{# </think> #}",
            "Hm.\n</think>Four.",
            GenerationSettings.greedy(200));

    assertThat(answer.reasoning()).isEqualTo("Hm.");
    assertThat(answer.text()).isEqualTo("Four.");
  }

  @Test
  void reasoningThatIsCutOffIsNoAnswer() throws IOException {
    Answer answer =
        answer(ASKING + "{# </think> #}", "<think>Two and two is", GenerationSettings.greedy(6));

    assertThat(answer.text()).isEmpty();
    assertThat(answer.reasoning()).isNotEmpty();
    assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void marksInTheMiddleOfAnAnswerAreText() throws IOException {
    Answer answer =
        answer(ASKING + "{# </think> #}", "Write <think> first.", GenerationSettings.greedy(200));

    assertThat(answer.text()).isEqualTo("Write <think> first.");
    assertThat(answer.reasoning()).isEmpty();
  }

  @Test
  void aModelThatDoesNotReasonKeepsItsText() throws IOException {
    Answer answer = answer(ASKING, "<think>x</think>y", GenerationSettings.greedy(200));

    assertThat(answer.text()).isEqualTo("<think>x</think>y");
  }
}
