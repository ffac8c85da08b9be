package dev.slm.shell;

import dev.slm.base.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.widget.AutosuggestionWidgets;
import org.jspecify.annotations.Nullable;

/** The interactive prompt on a terminal. */
public final class Prompt implements Input {
  /** What the line editor logs would be printed into the line that is being typed. */
  private static final Logger EDITOR_LOG = Logger.getLogger("org.jline");

  private final Terminal terminal;
  private final Path history;
  private @Nullable LineReader reader;
  private @Nullable Values asked;

  private Prompt(Terminal terminal, Path history) {
    this.terminal = terminal;
    this.history = history;
  }

  static Prompt open(Path history) {
    try {
      return new Prompt(Terminals.system(), history);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Prompt on(Terminal terminal, Path history) {
    return new Prompt(terminal, history);
  }

  Terminal terminal() {
    return terminal;
  }

  /** Reads and runs lines until the person leaves. */
  void converse(Shell shell, Supplier<Text> prompt) {
    Console console = shell.console();
    greet(console.screen());
    LineReader lines = reader(shell);
    reader = lines;
    console.onForgetHistory(() -> forget(lines));
    terminal.handle(Terminal.Signal.INT, _ -> interrupt(console));
    // the terminal's closing gives it back as it was
    var _ = Terminals.holdingKeysBack(terminal);
    while (!console.isLeaving()) {
      try {
        shell.run(lines.readLine(prompt.get().rendered(console.screen().isColoured())));
      } catch (UserInterruptException _) {
        // Ctrl-C clears the line and nothing else
        if (isDumb()) {
          terminal.writer().println();
        }
      } catch (EndOfFileException _) {
        console.leave();
      }
    }
  }

  private void greet(Screen screen) {
    screen.note("slm " + Version.text() + ": help lists commands, Tab completes, Ctrl-D leaves");
    if (!Files.exists(history)) {
      screen.note("new here? model run slm-demo answers without a download");
    }
  }

  private void interrupt(Console console) {
    if (console.cancellation().request() && isDumb()) {
      // behind the ^C that such a terminal shows
      terminal.writer().println();
      terminal.writer().flush();
    }
  }

  private LineReader reader(Shell shell) {
    EDITOR_LOG.setLevel(Level.OFF);
    HistoryFile.keepPrivate(history);
    LineReader lines =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new PromptLine())
            .completer((_, line, found) -> complete(shell, line, found))
            .history(new SafeHistory())
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.HISTORY_FILE_SIZE, 10_000)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  > ")
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
            .option(LineReader.Option.AUTO_FRESH_LINE, true)
            .build();
    if (!isDumb()) {
      new AutosuggestionWidgets(lines).enable();
    }
    return lines;
  }

  private boolean isDumb() {
    return Terminal.TYPE_DUMB.equals(terminal.getType());
  }

  /** Offers for a command's own question, or for a line of commands. */
  private void complete(Shell shell, ParsedLine line, List<Candidate> found) {
    Values own = asked;
    List<Completion> offers =
        own == null
            ? new CommandCompleter(shell.index())
                .offers(line.words().subList(0, line.wordIndex() + 1))
            : own.offers(line.word());
    for (int i = 0; i < offers.size(); i++) {
      found.add(offers.get(i).candidate(i));
    }
  }

  private static void forget(LineReader lines) {
    try {
      lines.getHistory().purge();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<String> line(String prompt, Values values) {
    asked = values;
    try {
      return read(prompt, null);
    } finally {
      asked = null;
    }
  }

  @Override
  public Optional<String> line(String prompt) {
    return line(prompt, Values.any());
  }

  @Override
  public Optional<String> secret(String prompt) {
    return read(prompt, '*');
  }

  @Override
  public boolean isInteractive() {
    return true;
  }

  private Optional<String> read(String prompt, @Nullable Character mask) {
    LineReader lines = reader;
    if (lines == null) {
      throw new IllegalStateException("the prompt is not open");
    }
    lines.setVariable(LineReader.DISABLE_HISTORY, true);
    try {
      return Optional.of(lines.readLine(prompt, mask));
    } catch (UserInterruptException _) {
      throw Problem.interrupted();
    } catch (EndOfFileException _) {
      return Optional.empty();
    } finally {
      lines.setVariable(LineReader.DISABLE_HISTORY, false);
    }
  }
}
