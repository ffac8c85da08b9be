package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Json;
import dev.slm.base.Problem;
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
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ChatModelTest {
  private static final Path FOLDER = Path.of("src/model/checkpoint");
  private static final GenerationSettings GREEDY = GenerationSettings.greedy(200);

  private final ScriptedEngine engine = new ScriptedEngine(2048);
  private final ChatModel model =
      ChatModel.open("slm-demo", FOLDER, List::of, engine, LoadSettings.DEFAULT, Progress.NONE);

  @AfterEach
  void close() {
    model.close();
    assertThat(engine.openModels()).isZero();
    assertThat(engine.openSequences()).isZero();
  }

  @Test
  void tenReferenceConversationsGetTheirIdsAndTheirText() {
    JsonNode cases = Json.tree(Path.of("src/model/reference.json"), 1 << 20).path("cases");

    for (JsonNode each : cases) {
      engine.say(ids(each.path("greedy_ids")));
      List<String> pieces = new ArrayList<>();
      Answer answer =
          model.answer(
              List.of(Message.user(each.path("prompt").asString())),
              GREEDY,
              pieces::add,
              Progress.NONE);

      assertThat(engine.prompts().getLast()).containsExactly(ids(each.path("prompt_ids")));
      assertThat(answer.text()).isEqualTo(each.path("text").asString());
      assertThat(String.join("", pieces)).isEqualTo(answer.text());
      assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    }
    assertThat(cases).hasSize(10);
  }

  @Test
  void aBrokenTokenizerIsToldAndLeavesNothingInMemory(@TempDir Path folder) throws IOException {
    Files.copy(FOLDER.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    ScriptedEngine another = new ScriptedEngine(2048);

    assertThatThrownBy(
            () ->
                ChatModel.open(
                    "broken", folder, List::of, another, LoadSettings.DEFAULT, Progress.NONE))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("tokenizer.json");

    assertThat(another.openModels()).isZero();
  }

  @Test
  void aStopStringAcrossTokensEndsTheAnswerAndIsNotShown() {
    engine.say(model.tokenizer().encode("List every model with its size."));

    Answer answer =
        model.answer(
            List.of(Message.user("x")),
            GREEDY.withStop(List.of("el wi")),
            AnswerListener.NONE,
            Progress.NONE);

    assertThat(answer.text()).isEqualTo("List every mod");
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    assertThat(answer.stopString()).contains("el wi");
  }

  @Test
  void theLimitOfTokensIsTheReasonWhenItIs() {
    engine.say(model.tokenizer().encode("List every model with its size."));

    Answer answer =
        model.answer(
            List.of(Message.user("x")),
            GenerationSettings.greedy(2),
            AnswerListener.NONE,
            Progress.NONE);

    assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(answer.timings().answerTokens()).isEqualTo(2);
  }

  @Test
  void promptsLongerThanTheContextAreRefusedWithBothNumbers() {
    String question = "model ".repeat(3000);

    assertThatThrownBy(
            () ->
                model.answer(
                    List.of(Message.user(question)), GREEDY, AnswerListener.NONE, Progress.NONE))
        .isInstanceOf(Problem.class)
        .hasMessageMatching("the prompt has [\\d,]+ tokens, the context of 'slm-demo' 2,048");
  }

  @Test
  void probabilitiesComeWithTheTextOfTheirTokens() {
    engine.say(model.tokenizer().encode("Hello!"));
    List<TokenChoice> streamed = new ArrayList<>();
    AnswerListener listener =
        new AnswerListener() {
          @Override
          public void text(String piece) {}

          @Override
          public void token(TokenChoice choice) {
            streamed.add(choice);
          }
        };

    Answer answer =
        model.answer(List.of(Message.user("x")), GREEDY.withLogprobs(1), listener, Progress.NONE);

    assertThat(answer.tokens()).isEqualTo(streamed).extracting(TokenChoice::text).contains("!");
  }

  @Test
  void theMakersSettingsAreTheDefaults() {
    GenerationSettings defaults = model.defaults();

    assertThat(defaults.temperature()).isEqualTo(0.7);
    assertThat(defaults.topK()).isEqualTo(20);
    assertThat(defaults.repetitionPenalty()).isEqualTo(1.05);
    assertThat(model.notes()).isEmpty();
  }

  private static int[] ids(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
