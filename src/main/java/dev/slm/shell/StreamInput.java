package dev.slm.shell;

import dev.slm.base.Problem;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.util.Optional;

/** Lines of standard input without line editing: a pipe, or a question of a one-shot command. */
final class StreamInput implements Input {
  private final BufferedReader reader;
  private final Screen screen;
  private final boolean isInteractive;
  private final boolean isTyped;

  /**
   * A reader of lines.
   *
   * @param isInteractive whether a person can be asked
   * @param isTyped whether the lines come from a keyboard, also where nobody sees a question
   */
  StreamInput(BufferedReader reader, Screen screen, boolean isInteractive, boolean isTyped) {
    this.reader = reader;
    this.screen = screen;
    this.isInteractive = isInteractive;
    this.isTyped = isTyped;
  }

  boolean isTyped() {
    return isTyped;
  }

  @Override
  public Optional<String> line(String prompt) {
    if (isInteractive) {
      screen.ask(prompt);
    }
    try {
      return Optional.ofNullable(reader.readLine());
    } catch (IOException e) {
      throw Problem.failed("cannot read standard input").causedBy(e);
    }
  }

  @Override
  public Optional<String> secret(String prompt) {
    Optional<Console> console = Optional.ofNullable(System.console()).filter(_ -> isInteractive);
    return console.isPresent()
        ? Optional.ofNullable(console.get().readPassword("%s", prompt)).map(String::new)
        : line(prompt);
  }

  @Override
  public boolean isInteractive() {
    return isInteractive;
  }
}
