package dev.slm.shell;

import dev.slm.base.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jline.reader.Completer;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/**
 * What a person says in a chat: free text, in which quotes mean nothing, pasted lines stay
 * together, and {@code """} begins and ends a text of several lines.
 */
final class ChatInput implements AutoCloseable {
  private static final String FENCE = "\"\"\"";

  private final Lines lines;
  private final AutoCloseable terminal;

  /** One line at a time. */
  private interface Lines {
    Optional<String> read(String prompt);
  }

  private ChatInput(Lines lines, AutoCloseable terminal) {
    this.lines = lines;
    this.terminal = terminal;
  }

  /** Reads from the shell's terminal where there is one, else from where commands come from. */
  static ChatInput of(Console console, Completer completer) {
    Input input = unheard(console.input());
    if (input instanceof Prompt prompt) {
      return onTerminal(prompt.terminal(), console, completer, () -> {});
    }
    boolean isTerminal = Terminals.isTerminal(Terminals.IN) && Terminals.isTerminal(Terminals.OUT);
    if (input instanceof StreamInput && input.isInteractive() && isTerminal) {
      Terminal terminal = open();
      AutoCloseable keys = Terminals.holdingKeysBack(terminal);
      IntSupplier columns = console.screen().follow(() -> terminal.getSize().getColumns());
      return onTerminal(
          terminal,
          console,
          completer,
          () -> {
            console.screen().follow(columns);
            keys.close();
            terminal.close();
          });
    }
    return new ChatInput(console.input()::line, () -> {});
  }

  /** What lines really come from. */
  static Input unheard(Input input) {
    return input instanceof HeardInput heard ? heard.input() : input;
  }

  private static Terminal open() {
    try {
      return Terminals.system();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChatInput onTerminal(
      Terminal terminal, Console console, Completer completer, AutoCloseable closing) {
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new FreeText())
            .completer(completer)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.BRACKETED_PASTE, true)
            .build();
    terminal.handle(Terminal.Signal.INT, _ -> console.cancellation().request());
    return new ChatInput(prompt -> typed(reader, prompt), closing);
  }

  private static Optional<String> typed(LineReader reader, String prompt) {
    try {
      return Optional.of(reader.readLine(prompt));
    } catch (UserInterruptException _) {
      if (Terminal.TYPE_DUMB.equals(reader.getTerminal().getType())) {
        // behind the ^C that the system shows
        reader.getTerminal().writer().println();
      }
      throw Problem.interrupted();
    } catch (EndOfFileException _) {
      return Optional.empty();
    }
  }

  /**
   * What a person said.
   *
   * @param isText whether it is for the model however it begins
   */
  record Said(String text, boolean isText) {}

  /** Passes over what is said in a chat, up to the line that leaves it. */
  static void skip(Input lines) {
    ChatInput said = new ChatInput(lines::line, () -> {});
    Optional<Said> next = said.next("");
    while (next.isPresent() && !leaves(next.get())) {
      next = said.next("");
    }
  }

  private static boolean leaves(Said said) {
    return !said.isText() && SlashCommands.leaves(said.text());
  }

  /** What was said next; empty at the end. */
  Optional<Said> next(String prompt) {
    Optional<String> first = lines.read(prompt);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String line = first.get().strip();
    return Optional.of(
        line.startsWith(FENCE)
            ? new Said(fenced(line.substring(FENCE.length())), true)
            : new Said(line, line.contains("\n")));
  }

  private String fenced(String first) {
    StringBuilder text = new StringBuilder(first);
    while (!text.toString().stripTrailing().endsWith(FENCE)) {
      Optional<String> line = lines.read("... ");
      if (line.isEmpty()) {
        return text.toString().strip();
      }
      text.append('\n').append(line.get());
    }
    String all = text.toString().stripTrailing();
    return all.substring(0, all.length() - FENCE.length()).strip();
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (Exception e) {
      throw Problem.failed("cannot give the terminal back").causedBy(e);
    }
  }

  /** A line is one word per blank; nothing has to be closed. */
  private static final class FreeText implements Parser {
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      String before = line.substring(0, cursor);
      int start = before.lastIndexOf(' ') + 1;
      // several blanks are one; the last word is empty behind a blank
      List<String> words = List.of(before.stripLeading().split(" +", -1));
      return new Words(line, cursor, words, before.substring(start));
    }

    private record Words(String line, int cursor, List<String> words, String word)
        implements CompletingParsedLine {
      @Override
      public int wordCursor() {
        return word.length();
      }

      @Override
      public int wordIndex() {
        return words.size() - 1;
      }

      @Override
      public CharSequence escape(CharSequence candidate, boolean complete) {
        return candidate;
      }

      @Override
      public int rawWordCursor() {
        return wordCursor();
      }

      @Override
      public int rawWordLength() {
        return wordCursor();
      }
    }
  }
}
