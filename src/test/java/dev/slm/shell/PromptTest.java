package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.slm.base.Problem;
import dev.slm.testing.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt on a simulated terminal: keys go in as bytes, control characters included. */
class PromptTest {
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";
  private static final String CTRL_E = "\u0005";

  @TempDir Path home;

  private final Seen seen = new Seen();
  private final Semaphore running = new Semaphore(0);
  private LineDisciplineTerminal terminal;
  private Thread person;

  @BeforeEach
  void open() throws IOException {
    terminal = new LineDisciplineTerminal("test", "xterm-256color", seen, StandardCharsets.UTF_8);
    terminal.setSize(Size.of(80, 24));
    Folders folders = new Folders(home, home, home);
    Screen.Looks looks = new Screen.Looks(true, true);
    Screen screen = new Screen(terminal.writer(), looks, terminal.writer(), looks, () -> 80);
    Prompt prompt = Prompt.on(terminal, folders.history());
    CommandGroup group = this::commands;
    Shell shell = new Shell(new Console(screen, prompt), List.of(group), folders);
    person = Thread.ofPlatform().start(() -> prompt.converse(shell, () -> Text.bold("slm> ")));
    seen.await("slm> ");
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    if (person.isAlive()) {
      type(CTRL_C + CTRL_D);
    }
    assertThat(person.join(Duration.ofSeconds(10))).isTrue();
    terminal.close();
  }

  private List<CommandSpec> commands() {
    return List.of(
        CommandSpec.named("cache ls")
            .option("--sort", "KEY", "order", Values.choice("name", "size"))
            .runs(call -> call.screen().line("listed by " + call.option("sort", "nothing"))),
        CommandSpec.named("model run")
            .argument("NAME", "the model", Values.names(() -> List.of("qwen2.5-0.5b", "my model")))
            .runs(call -> call.screen().line("ran " + call.argument("NAME"))),
        CommandSpec.named("read")
            .argument("FILE", "a file", Values.files())
            .runs(call -> call.screen().line("read " + call.path("FILE").getFileName())),
        CommandSpec.named("work")
            .runs(
                call -> {
                  running.release();
                  while (!call.isCancelled()) {
                    Thread.onSpinWait();
                  }
                  throw Problem.interrupted();
                }),
        CommandSpec.named("wait")
            .runs(
                call -> {
                  running.release();
                  new CountDownLatch(1).await();
                }),
        CommandSpec.named("remove")
            .flag("--yes", "do not ask")
            .runs(call -> call.screen().line("removed: " + call.confirm("remove it?"))),
        CommandSpec.named("login")
            .runs(call -> call.screen().line(call.input().secret("token: ").isPresent() + "!")));
  }

  private void type(String keys) throws IOException {
    terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
    terminal.flush();
  }

  @Test
  void newPeopleLearnWhatToType() {
    assertThat(seen.text()).contains("help lists commands", "model run slm-demo");
  }

  @Test
  void tabCompletesCommandsOptionsValuesAndNamesWithBlanks() throws Exception {
    type("ca\tl\t--so\ts\t\r");
    seen.await("listed by size");

    type("model run my\t\r");
    seen.await("ran my model");
  }

  @Test
  void tabCompletesPathsWithBlanksBehindEveryQuote() throws Exception {
    Files.createDirectories(home.resolve("my models"));
    Files.createFile(home.resolve("my models/one two.slm"));

    for (String typed : List.of("/my\\ models/o", "/my\t")) {
      type("read " + home + typed + "\t\r");
      seen.await("read one two.slm");
    }
    for (String quote : List.of("'", "\"")) {
      type("read " + quote + home + "/my models/o\t\r");
      seen.await("read one two.slm");
    }
  }

  @Test
  void suggestionsFromHistoryAreAcceptedWithControlE() throws Exception {
    type("cache ls --sort name\r");
    seen.await("listed by name");

    type("cache l");
    seen.await("s --sort name");
    seen.forget();
    type(CTRL_E + "\r");

    seen.await("listed by name");
  }

  @Test
  void controlCClearsTheLineAndNothingElse() throws Exception {
    type("nonsense" + CTRL_C);
    seen.await("slm> ");

    type("cache ls\r");

    seen.await("listed by nothing");
    assertThat(seen.text()).doesNotContain("error");
  }

  @Test
  void controlCStopsARunningCommandWithinHalfASecond() throws Exception {
    for (String command : List.of("work", "wait")) {
      Promise.keptWithin(Duration.ofMillis(500), () -> timeToStop(command));
    }
  }

  private Duration timeToStop(String command) throws Exception {
    type(command + "\r");
    assertThat(running.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    seen.forget();
    long start = System.nanoTime();

    type(CTRL_C);
    seen.await("interrupted");
    seen.await("slm> ");

    return Promise.since(start);
  }

  @Test
  void keysPressedWhileACommandRunsStayOutOfWhatItPrints() throws Exception {
    type("work\r");
    assertThat(running.tryAcquire(10, TimeUnit.SECONDS)).isTrue();

    type("cache" + CTRL_C);
    seen.await("interrupted");

    assertThat(seen.text().substring(0, seen.text().indexOf("interrupted")))
        .doesNotContain("cache", "^C");
    seen.await("slm> cache");
  }

  @Test
  void controlDLeaves() throws Exception {
    type(CTRL_D);

    person.join(Duration.ofSeconds(10));
    assertThat(person.isAlive()).isFalse();
  }

  @Test
  void questionsAreAnsweredAtThePrompt() throws Exception {
    type("remove\r");
    seen.await("[y/N]");
    type("y\r");
    seen.await("removed: true");

    type("remove --yes\r");
    seen.await("removed: true");
  }

  @Test
  void secretsAreNeitherShownNorKept() throws Exception {
    type("login\r");
    seen.await("token: ");
    type("hunter2\r");
    seen.await("true!");
    type("config set hub.token hf_abcdefghijklmnopqrstuvwxyz\r");
    seen.await("no command");
    type("cache ls\r");
    seen.await("listed by nothing");

    String history = Files.readString(home.resolve("history"));
    assertThat(history).contains("login", "cache ls").doesNotContain("hf_", "hunter2");
    assertThat(seen.text()).doesNotContain("hunter2");
  }

  @Test
  void theHistoryFileIsForItsOwnerAlone() throws Exception {
    assumeTrue(home.getFileSystem().supportedFileAttributeViews().contains("posix"));

    type("cache ls\r");
    seen.await("listed by nothing");
    type("cache ls --sort size\r");
    seen.await("listed by size");

    assertThat(Files.getPosixFilePermissions(home.resolve("history")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void anOpenQuoteAsksForTheRest() throws Exception {
    type("model run 'my\r");
    seen.await("  > ");
    type("model'\r");

    seen.await("ran my");
  }
}
