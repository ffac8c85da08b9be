package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Json;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.text.PromptOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Template, tokenizer, engine and text together, against what PyTorch computed in fp32. */
class WholePathTest {
  @TempDir private static Path folder;
  private static ChatModel model;

  @BeforeAll
  static void open() {
    model =
        ChatModel.open(
            "slm-demo",
            DemoFolder.make(folder),
            List::of,
            Engines.load().find(Engines.DEFAULT),
            LoadSettings.DEFAULT,
            Progress.NONE);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void tenReferenceQuestionsGetTheirAnswers() {
    JsonNode cases = Json.tree(Path.of("src/model/reference.json"), 1 << 20).path("cases");

    for (JsonNode each : cases) {
      List<String> pieces = new ArrayList<>();
      List<Message> question = List.of(Message.user(each.path("prompt").asString()));
      Answer answer =
          model.answer(question, GenerationSettings.greedy(200), pieces::add, Progress.NONE);

      assertThat(model.prompt(question, PromptOptions.ANSWER).ids())
          .containsExactly(ids(each.path("prompt_ids")));
      assertThat(answer.text()).isEqualTo(each.path("text").asString());
      assertThat(String.join("", pieces)).isEqualTo(answer.text());
      assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
      assertThat(answer.timings().answerTokens()).isEqualTo(each.path("greedy_ids").size());
    }
    assertThat(cases).hasSize(10);
  }

  @Test
  void theNextTurnComputesOnlyItsNewTokens() {
    GenerationSettings greedy = GenerationSettings.greedy(200);
    List<Message> first = List.of(Message.user("Who are you?"));
    Answer answer = model.answer(first, greedy, AnswerListener.NONE, Progress.NONE);
    List<Message> second =
        List.of(first.getFirst(), Message.assistant(answer.text()), Message.user("Hello"));

    Answer next = model.answer(second, greedy, AnswerListener.NONE, Progress.NONE);

    assertThat(next.timings().cachedTokens())
        .isGreaterThanOrEqualTo(
            answer.timings().promptTokens() + answer.timings().answerTokens() - 1);
  }

  @Test
  void theSameSeedGivesTheSameText() {
    GenerationSettings settings = model.defaults().withTemperature(1.5).withSeed(7);
    List<Message> question = List.of(Message.user("What is quantization?"));

    Answer one = model.answer(question, settings, AnswerListener.NONE, Progress.NONE);
    Answer two = model.answer(question, settings, AnswerListener.NONE, Progress.NONE);

    assertThat(one.text()).isEqualTo(two.text()).isNotEmpty();
  }

  private static int[] ids(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
