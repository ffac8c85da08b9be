package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.slm.base.Settings;
import dev.slm.engine.Engines;
import dev.slm.session.LoadedModels;
import dev.slm.session.MemoryLimits;
import dev.slm.session.ModelSource;
import dev.slm.session.ScriptedEngine;
import dev.slm.session.Session;
import dev.slm.session.Turn;
import dev.slm.text.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chat on a simulated terminal: keys go in as bytes, the answers are written beforehand. */
class ChatTest {
  private static final Path FOLDER = Path.of("src/model/checkpoint");
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String PASTE_BEGIN = "\u001b[200~";
  private static final String PASTE_END = "\u001b[201~";

  @TempDir Path home;

  private final Seen seen = new Seen();
  private final ScriptedEngine engine = new ScriptedEngine(512);
  private final LoadedModels models =
      new LoadedModels(
          (name, _) -> ModelSource.Place.of(name, FOLDER),
          Engines.of(List.of(engine)),
          new MemoryLimits(Long.MAX_VALUE, 4, Duration.ofMinutes(5)),
          Clock.systemUTC());
  private final Session session = new Session(models);
  private LineDisciplineTerminal terminal;
  private Tokenizer tokenizer;
  private Thread person;

  @BeforeEach
  void open() throws IOException {
    tokenizer = Tokenizer.open(FOLDER, "");
    terminal = new LineDisciplineTerminal("test", "xterm-256color", seen, StandardCharsets.UTF_8);
    terminal.setSize(Size.of(80, 24));
    Folders folders = new Folders(home, home, home);
    Screen.Looks looks = new Screen.Looks(true, true);
    Screen screen = new Screen(terminal.writer(), looks, terminal.writer(), looks, this::columns);
    Prompt prompt = Prompt.on(terminal, folders.history());
    TalkCommands talk =
        new TalkCommands(
            () -> session,
            Settings.load(home.resolve("settings.json"), Map.of(), Map.of()),
            (_, _) -> {},
            () -> List.of("demo", "other"),
            () -> List.of("ort"));
    Shell shell = new Shell(new Console(screen, prompt), List.of(talk), folders);
    person = Thread.ofPlatform().start(() -> prompt.converse(shell, () -> Text.of("slm> ")));
    seen.await("slm> ");
    type("model run demo\r");
    seen.await(">>> ");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    type(CTRL_C + CTRL_D);
    seen.await("slm> ");
    type(CTRL_D);
    assertThat(person.join(Duration.ofSeconds(10))).isTrue();
    terminal.close();
    models.close();
    tokenizer.close();
  }

  private int columns() {
    return terminal.getSize().getColumns();
  }

  private void type(String keys) throws IOException {
    terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
    terminal.flush();
  }

  private void say(String answer) {
    engine.say(tokenizer.encode(answer));
  }

  @Test
  void tabCompletesCommandsAndWhatTheyTake() throws IOException {
    Files.createFile(home.resolve("talk.json"));

    type("/sta\t off\r");
    seen.await("figures behind answers are off");
    type("/set tempe\t 0.2\r");
    seen.await("temperature is 0.2");
    type("/set reas\t sh\t\r");
    seen.await("reasoning is show");
    type("/mo\t ot\t\r");
    seen.await("talking to other");
    type("/show sys\t\r");
    seen.await("-");
    type("/he\t sav\t\r");
    seen.await("writes the conversation");
    type("/load " + home + "/ta\t\r");
    seen.await("talk.json");
  }

  @Test
  void controlCStopsTheAnswerAndKeepsWhatWasSaid() throws Exception {
    say("one two three four five six seven eight nine ten");
    Semaphore begun = new Semaphore(0);
    Semaphore steps = new Semaphore(3);
    engine.beforeEachToken(
        () -> {
          begun.release();
          steps.acquireUninterruptibly();
        });

    type("count\r");
    assertThat(begun.tryAcquire(4, 10, TimeUnit.SECONDS)).isTrue();
    type(CTRL_C);
    steps.release(1000);
    seen.await("stopped");
    seen.await(">>> ");
    type("/show conversation\r");
    seen.await(">>> count");

    assertThat(session.conversation().turns()).singleElement().matches(ChatTest::isCutShort);
  }

  private static boolean isCutShort(Turn turn) {
    return turn.answer().startsWith("one") && !turn.answer().endsWith("ten");
  }

  @Test
  void controlCAtThePromptClearsTheLineAndNothingElse() throws IOException {
    say("fine");
    type("half a quest" + CTRL_C);
    seen.await(">>> ");
    type("whole\r");
    seen.await("fine");

    assertThat(session.conversation().turns()).extracting(Turn::question).containsExactly("whole");
  }

  @Test
  void pastedLinesAreOneQuestionAndTheirSlashIsText() throws IOException {
    say("a path");
    type(PASTE_BEGIN + "/etc/passwd\nwhat is\tthis?" + PASTE_END + "\r");
    seen.await("a path");

    assertThat(session.conversation().turns())
        .extracting(Turn::question)
        .containsExactly("/etc/passwd\nwhat is\tthis?");
  }

  @Test
  void quotesAndBackslashesMeanThemselves() throws IOException {
    say("fine");
    type("say \"it's\" \\n !! #1\r");
    seen.await("fine");

    assertThat(session.conversation().turns())
        .extracting(Turn::question)
        .containsExactly("say \"it's\" \\n !! #1");
  }

  @Test
  void whatIsTypedDuringAnAnswerWaitsForThePrompt() throws IOException {
    say("first");
    say("second");
    type("one\rtwo\r");
    seen.await("second");

    assertThat(seen.text()).containsOnlyOnce("two");
    assertThat(session.conversation().turns())
        .extracting(Turn::question, Turn::answer)
        .containsExactly(tuple("one", "first"), tuple("two", "second"));
  }

  @Test
  void leavingDuringAnAnswerWaitsForItsEnd() throws Exception {
    say("first");
    Semaphore begun = new Semaphore(0);
    Semaphore steps = new Semaphore(0);
    engine.beforeEachToken(
        () -> {
          begun.release();
          steps.acquireUninterruptibly();
        });

    type("one\r");
    assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    type(CTRL_D);
    steps.release(1000);
    seen.await("first");
    seen.await("slm> ");

    type("chat\r");
    seen.await(">>> ");
  }

  @Test
  void aTerminalThatChangesItsSizeGetsTheRestOfTheAnswerInItsWidth() throws Exception {
    say("word ".repeat(100).strip());
    Semaphore begun = new Semaphore(0);
    Semaphore steps = new Semaphore(30);
    engine.beforeEachToken(
        () -> {
          begun.release();
          steps.acquireUninterruptibly();
        });

    type("much\r");
    assertThat(begun.tryAcquire(31, 10, TimeUnit.SECONDS)).isTrue();
    terminal.setSize(Size.of(40, 24));
    steps.release(1000);
    seen.await("first token");

    List<String> lines =
        seen.text().lines().map(String::strip).filter(line -> line.startsWith("word")).toList();
    assertThat(lines.getFirst()).hasSizeBetween(70, 79);
    assertThat(lines.subList(3, lines.size())).allMatch(line -> line.length() < 40);
  }
}
