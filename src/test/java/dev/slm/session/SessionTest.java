package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {
  private static final Path FOLDER = Path.of("src/model/checkpoint");

  private final ScriptedEngine engine = new ScriptedEngine(512);
  private final LoadedModels models =
      new LoadedModels(
          (name, _) -> ModelSource.Place.of(name, FOLDER),
          Engines.of(List.of(engine)),
          new MemoryLimits(Long.MAX_VALUE, 4, Duration.ofMinutes(5)),
          Clock.systemUTC());
  private final Session session = new Session(models);
  private final List<String> warnings = new ArrayList<>();
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private final Progress progress = new Watched();
  private Tokenizer tokenizer;

  private final class Watched implements Progress {
    @Override
    public void warn(String line) {
      warnings.add(line);
    }

    @Override
    public boolean isCancelled() {
      return cancelled.get();
    }
  }

  @BeforeEach
  void load() {
    tokenizer = Tokenizer.open(FOLDER, "");
    session.load("demo", LoadRequest.DEFAULT, progress);
  }

  @AfterEach
  void close() {
    models.close();
    tokenizer.close();
  }

  private Session.Exchange ask(String question, String answer) {
    engine.say(tokenizer.encode(answer));
    return session.ask(question, AnswerListener.NONE, progress);
  }

  @Test
  void aConversationIsSentAsAWhole() {
    ask("one?", "first");
    Session.Exchange second = ask("two?", "second");

    String prompt = tokenizer.decode(engine.prompts().getLast());

    assertThat(prompt).contains("one?").contains("first").contains("two?");
    assertThat(second.contextTokens()).isGreaterThan(engine.prompts().getLast().length);
    assertThat(second.contextLength()).isEqualTo(512);
  }

  @Test
  void undoTakesBackTheLastTurn() {
    ask("one?", "first");
    ask("two?", "second");

    assertThat(session.conversation().undo()).map(Turn::question).contains("two?");

    assertThat(session.conversation().turns()).extracting(Turn::answer).containsExactly("first");
  }

  @Test
  void retryAsksTheSameAndAnEditedRetryAnotherQuestion() {
    ask("one?", "first");
    engine.say(tokenizer.encode("better"));
    session.retry(Optional.empty(), AnswerListener.NONE, progress);
    assertThat(session.conversation().turns())
        .extracting(Turn::question, Turn::answer)
        .containsExactly(tuple("one?", "better"));

    engine.say(tokenizer.encode("other"));
    session.retry(Optional.of("1?"), AnswerListener.NONE, progress);

    assertThat(session.conversation().turns())
        .extracting(Turn::question, Turn::answer)
        .containsExactly(tuple("1?", "other"));
  }

  @Test
  void aStoppedAnswerKeepsWhatWasSaid() {
    engine.say(tokenizer.encode("a long answer of several words"));
    AtomicBoolean started = new AtomicBoolean();
    engine.beforeEachToken(() -> cancelled.set(started.getAndSet(true)));

    Session.Exchange exchange = session.ask("go on", AnswerListener.NONE, progress);

    assertThat(exchange.answer().reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(session.conversation().turns())
        .singleElement()
        .matches(turn -> !turn.answer().isEmpty() && turn.reason() == FinishReason.CANCELLED);
  }

  @Test
  void aRetryThatIsStoppedBeforeItsFirstWordKeepsTheOldAnswer() {
    ask("one?", "first");
    cancelled.set(true);

    session.retry(Optional.empty(), AnswerListener.NONE, progress);

    assertThat(session.conversation().turns()).extracting(Turn::answer).containsExactly("first");
  }

  @Test
  void whatNoLongerFitsIsLeftOutAndSaid() {
    session.overrides().set("max_tokens", "50");
    String long100 = "model ".repeat(60);
    for (int i = 0; i < 8; i++) {
      ask(i + " " + long100, "yes");
    }

    assertThat(warnings).isNotEmpty();
    assertThat(warnings.getFirst())
        .matches("the context of 512 tokens is full: .*oldest turns? .*no longer sent.*");
    assertThat(session.conversation().turns()).hasSize(8);
    assertThat(session.conversation().forgotten()).isPositive();
    assertThat(engine.prompts()).allMatch(prompt -> prompt.length < 512 - 50);
  }

  @Test
  void aQuestionThatCannotFitIsRefusedWithBothNumbers() {
    assertThatThrownBy(() -> ask("model ".repeat(700), "yes"))
        .isInstanceOf(Problem.class)
        .hasMessageMatching(".*[\\d,]+ tokens.*the context of 'demo' 512");
  }

  @Test
  void wrongSettingsAreNamedWithTheirRange() {
    assertThatThrownBy(() -> session.overrides().set("temprature", "1"))
        .hasMessageContaining("no setting named 'temprature'")
        .hasMessageContaining("temperature");
    assertThatThrownBy(() -> session.overrides().set("temperature", "9"))
        .hasMessage("'temperature' is 9, not between 0 and 5");
    assertThatThrownBy(() -> session.overrides().set("top-k", "many"))
        .hasMessage("'top_k' is 'many', not a whole number from 0 to 1,000,000");
    assertThatThrownBy(() -> session.overrides().set("top_k", "99999999999"))
        .hasMessage("'top_k' is '99999999999', not a whole number from 0 to 1,000,000");
    assertThatThrownBy(() -> session.overrides().set("min_p", "little"))
        .hasMessage("'min_p' is 'little', not a number from 0 to 1");
    assertThatThrownBy(() -> session.overrides().set("seed", "x"))
        .hasMessage("'seed' is 'x', not a whole number from 0 to 2,147,483,647");
    assertThatThrownBy(() -> session.overrides().set("stop", "\"\""))
        .hasMessage("a stop string is empty");
    assertThat(session.overrides().values()).isEmpty();
  }

  @Test
  void stopStringsMayBeQuotedAndSeveral() {
    session.overrides().set("stop", "a b");
    assertThat(stops()).containsExactly("a b");

    session.overrides().set("stop", "\"\\n\\n\" \"say \\\"x\\\"\"");
    assertThat(stops()).containsExactly("\n\n", "say \"x\"");

    session.overrides().set("stop", "\"half");
    assertThat(stops()).containsExactly("\"half");
  }

  private List<String> stops() {
    return session.overrides().apply(GenerationSettings.DEFAULT).stop();
  }

  @Test
  void aSavedConversationIsTheSameAfterLoading(@TempDir Path folder) throws IOException {
    session.conversation().system(Optional.of("Be brief."));
    ask("one?", "first \"quoted\"\n<|im_end|> ü 你");
    Path json = folder.resolve("talk.json");
    Path markdown = folder.resolve("talk.md");

    ConversationFile.save(json, session.conversation(), "demo");
    ConversationFile.save(markdown, session.conversation(), "demo");
    Conversation loaded = ConversationFile.load(json).conversation();

    assertThat(loaded.system()).contains("Be brief.");
    assertThat(loaded.turns()).isEqualTo(session.conversation().turns());
    assertThat(Files.readString(markdown))
        .isEqualTo(
            """
            # Conversation with demo

            ## System

            Be brief.

            ## Question

            one?

            ## Answer

            first "quoted"
            <|im_end|> ü 你
            """);
  }

  @Test
  void aModelThatLeftMemoryComesBackForTheNextQuestion() {
    ask("one?", "first");
    models.unload("demo", true, progress);

    ask("two?", "second");

    assertThat(session.conversation().turns()).hasSize(2);
    assertThat(engine.openModels()).isEqualTo(1);
  }
}
