package dev.slm.shell;

import dev.slm.base.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.widget.AutosuggestionWidgets;
import org.jspecify.annotations.Nullable;

/** The interactive prompt on a terminal. */
public final class Prompt implements Input {
  private final Terminal terminal;
  private final Path history;
  private @Nullable LineReader reader;

  private Prompt(Terminal terminal, Path history) {
    this.terminal = terminal;
    this.history = history;
  }

  static Prompt open(Path history) {
    // asking the terminal how it joins letters costs 0.3 s where nobody answers
    if (System.getProperty("org.jline.terminal.graphemeCluster") == null) {
      System.setProperty("org.jline.terminal.graphemeCluster", "false");
    }
    try {
      return new Prompt(TerminalBuilder.builder().system(true).dumb(true).build(), history);
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

  /** Reads and runs lines until the person leaves; the exit status is that of leaving. */
  int converse(Shell shell, Supplier<String> prompt) {
    LineReader lines =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new PromptLine())
            .completer(new CommandCompleter(shell.index()))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "  > ")
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
            .build();
    reader = lines;
    if (!Terminal.TYPE_DUMB.equals(terminal.getType())) {
      new AutosuggestionWidgets(lines).enable();
    }
    terminal.handle(Terminal.Signal.INT, _ -> shell.console().cancellation().request());
    while (!shell.console().isLeaving()) {
      try {
        shell.run(lines.readLine(prompt.get()));
      } catch (UserInterruptException _) {
        // Ctrl-C clears the line and nothing else
      } catch (EndOfFileException _) {
        shell.console().leave();
      }
    }
    return 0;
  }

  @Override
  public Optional<String> line(String prompt) {
    return read(prompt, null);
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
