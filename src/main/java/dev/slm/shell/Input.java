package dev.slm.shell;

import java.util.Optional;

/** Where lines come from: a person, a pipe or a script. */
public interface Input {
  /** The next line; empty at the end, or when the person pressed Ctrl-D. */
  Optional<String> line(String prompt);

  /** The next line, with offers for the Tab key where a person types it. */
  default Optional<String> line(String prompt, Values values) {
    return line(prompt);
  }

  /** A line that is neither shown nor kept in the history. */
  default Optional<String> secret(String prompt) {
    return line(prompt);
  }

  /** Whether a person can answer. */
  boolean isInteractive();
}
