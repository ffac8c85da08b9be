package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Settings;
import dev.slm.engine.Engines;
import dev.slm.session.LoadedModels;
import dev.slm.session.MemoryLimits;
import dev.slm.session.ModelSource;
import dev.slm.session.ScriptedEngine;
import dev.slm.session.Session;
import dev.slm.session.Turn;
import dev.slm.text.Tokenizer;
import java.io.BufferedReader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code slm model run NAME} with something in its standard input. */
class QuestionsTest {
  private static final Path FOLDER = Path.of("src/model/checkpoint");

  @TempDir Path home;

  private final ScriptedEngine engine = new ScriptedEngine(512);
  private final LoadedModels models =
      new LoadedModels(
          (name, _) -> ModelSource.Place.of(name, FOLDER),
          Engines.of(List.of(engine)),
          new MemoryLimits(Long.MAX_VALUE, 4, Duration.ofMinutes(5)),
          Clock.systemUTC());
  private final Session session = new Session(models);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void close() {
    models.close();
  }

  private int run(String line, String piped, boolean isTyped) {
    try (Tokenizer tokenizer = Tokenizer.open(FOLDER, "")) {
      engine.say(tokenizer.encode("fine"));
    }
    Screen screen = Screen.plain(out, err);
    BufferedReader lines = new BufferedReader(new StringReader(piped));
    Console console = new Console(screen, new StreamInput(lines, screen, false, isTyped));
    TalkCommands talk =
        new TalkCommands(
            () -> session,
            Settings.load(home.resolve("settings.json"), Map.of(), Map.of()),
            (_, _) -> {},
            () -> List.of("demo"),
            () -> List.of("ort"));
    return new Shell(console, List.of(talk), new Folders(home, home, home)).run(line);
  }

  private List<String> questions() {
    return session.conversation().turns().stream().map(Turn::question).toList();
  }

  @Test
  void standardInputIsTheQuestion() {
    assertThat(run("model run demo", "two\r\nlines\n\n", false)).isZero();

    assertThat(questions()).containsExactly("two\nlines");
    assertThat(out).hasToString("fine\n");
  }

  @Test
  void standardInputComesBeforeThePromptAndThatIsSaid() {
    assertThat(run("model run demo --prompt 'Explain this.'", "int a;\n", false)).isZero();

    assertThat(questions()).containsExactly("int a;\n\nExplain this.");
    assertThat(err.toString()).contains("6 characters of standard input come first");
  }

  @Test
  void withAPromptTheKeyboardIsNotRead() {
    assertThat(run("model run demo --prompt hi", "typed for somebody else", true)).isZero();

    assertThat(questions()).containsExactly("hi");
  }

  @Test
  void wordsBehindTheNameAreTheQuestion() {
    assertThat(run("model run demo who are you", "", false)).isZero();

    assertThat(questions()).containsExactly("who are you");
  }

  @Test
  void twoQuestionsAreRefused() {
    assertThat(run("model run demo hello --prompt hi", "", false)).isEqualTo(2);

    assertThat(err.toString()).contains("'hello' and '--prompt' both are a question");
  }

  @Test
  void anEmptyPipeIsRefusedBeforeAnythingIsLoaded() {
    assertThat(run("model run demo", " \n", false)).isEqualTo(2);

    assertThat(err.toString()).contains("standard input is empty", "--prompt TEXT");
    assertThat(engine.openModels()).isZero();
  }

  @Test
  void everyRunBeginsANewConversationAndChatGoesOn() {
    run("model run demo one --temperature 0.5", "", true);
    run("model run demo two", "", true);
    run("chat three", "", true);

    assertThat(questions()).containsExactly("two", "three");
    assertThat(session.overrides().values()).isEmpty();
  }
}
