package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.model.Timings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptCacheTest {
  private static final String QUESTION = "Who are you?";

  @TempDir private static Path model;
  @TempDir private Path folder;
  private LoadedModels models = models();
  private Session session = begin();

  @BeforeAll
  static void convert() {
    DemoFolder.make(model);
  }

  @AfterEach
  void close() {
    models.close();
  }

  private static LoadedModels models() {
    return new LoadedModels(
        (name, _) -> ModelSource.Place.of(name, model),
        Engines.load(),
        new MemoryLimits(Long.MAX_VALUE, 4, Duration.ofMinutes(5)),
        Clock.systemUTC());
  }

  private Session begin() {
    Session begun = new Session(models);
    begun.overrides().set("temperature", "0");
    return begun;
  }

  /** As if the program had ended and begun again. */
  private void restart() {
    models.close();
    models = models();
    session = begin();
    session.load("demo", LoadRequest.DEFAULT, Progress.NONE);
  }

  private Timings ask(String question) {
    return session.ask(question, AnswerListener.NONE, Progress.NONE).answer().timings();
  }

  @Test
  void afterLoadingTheNextTurnComputesOnlyItsNewTokens() {
    session.load("demo", LoadRequest.DEFAULT, Progress.NONE);
    session.conversation().system(Optional.of("Answer like a friendly librarian. ".repeat(5)));
    ask(QUESTION);
    Path file = folder.resolve("talk.json");
    ConversationFile.save(file, session.conversation(), "demo");
    int saved = session.saveCache(ConversationFile.cacheOf(file), Progress.NONE);
    String expected = session.ask("Hello", AnswerListener.NONE, Progress.NONE).answer().text();

    restart();
    session.conversation(ConversationFile.load(file).conversation());
    int restored = session.restoreCache(ConversationFile.cacheOf(file), Progress.NONE);
    Session.Exchange next = session.ask("Hello", AnswerListener.NONE, Progress.NONE);

    assertThat(restored).isEqualTo(saved);
    assertThat(next.answer().timings().cachedTokens()).isEqualTo(saved);
    assertThat(next.answer().timings().promptTokens() - saved).isLessThan(20);
    assertThat(next.answer().text()).isEqualTo(expected);
  }

  @Test
  void aCacheThatIsNoLongerInMemoryIsComputedForSaving() {
    session.load("demo", LoadRequest.DEFAULT, Progress.NONE);
    ask(QUESTION);
    models.unload("demo", true, Progress.NONE);
    Path file = folder.resolve("talk.json.cache");

    int saved = session.saveCache(file, Progress.NONE);

    assertThat(saved).isGreaterThan(16);
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void nothingOfOtherConversationsGetsIntoTheFile() throws IOException {
    session.load("demo", LoadRequest.DEFAULT, Progress.NONE);
    ask(QUESTION);
    Path alone = folder.resolve("alone");
    session.saveCache(alone, Progress.NONE);
    Conversation mine = session.conversation();
    // somebody else goes on from the same beginning, in the same memory
    session.conversation(new Conversation());
    mine.turns().forEach(session.conversation()::add);
    ask("My number is 12345.");
    session.conversation(mine);

    Path after = folder.resolve("after");
    session.saveCache(after, Progress.NONE);

    assertThat(after).hasSize(Files.size(alone));
  }

  @Test
  void aDamagedCacheIsRefusedAndTheConversationGoesOnWithoutIt() throws IOException {
    session.load("demo", LoadRequest.DEFAULT, Progress.NONE);
    ask(QUESTION);
    Path file = folder.resolve("talk.json.cache");
    session.saveCache(file, Progress.NONE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> session.restoreCache(file, Progress.NONE))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("is damaged");
    assertThat(ask("Hello").answerTokens()).isPositive();
  }

  @Test
  void onlyASavedConversationIsOverwritten() throws IOException {
    session.conversation().system(Optional.of("Be brief."));
    Path notes = folder.resolve("notes.md");
    Files.writeString(notes, "# My notes\n");
    Path json = folder.resolve("package.json");
    Files.writeString(json, "{\"name\": \"mine\"}");
    Path talk = folder.resolve("talk.md");
    ConversationFile.save(talk, session.conversation(), "demo");

    assertThatThrownBy(() -> ConversationFile.save(notes, session.conversation(), "demo"))
        .hasMessage("'" + notes + "' exists and is not a saved conversation");
    assertThatThrownBy(() -> ConversationFile.save(json, session.conversation(), "demo"))
        .hasMessage("'" + json + "' exists and is not a saved conversation");
    ConversationFile.save(talk, session.conversation(), "other");

    assertThat(notes).hasContent("# My notes");
    assertThat(Files.readString(talk, StandardCharsets.UTF_8)).contains("with other");
  }

  @Test
  void questionsWithoutAnAnswerAreNotLostWhenLoading() throws IOException {
    Path file = folder.resolve("talk.json");
    Files.writeString(
        file,
        """
        [{"role": "user", "content": "one?"},
         {"role": "user", "content": "two?"},
         {"role": "assistant", "content": "both"},
         {"role": "user", "content": "three?"}]""");

    ConversationFile.Saved saved = ConversationFile.load(file);

    assertThat(saved.conversation().turns())
        .singleElement()
        .matches(turn -> turn.question().equals("one?\n\ntwo?") && turn.answer().equals("both"));
    assertThat(saved.unanswered()).contains("three?");
  }
}
