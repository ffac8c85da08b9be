package dev.slm.shell;

import java.util.Optional;

/** Tells the transcript what commands read; secrets are not told. */
record HeardInput(Input input, Console console) implements Input {
  @Override
  public Optional<String> line(String prompt) {
    return heard(input.line(prompt));
  }

  @Override
  public Optional<String> line(String prompt, Values values) {
    return heard(input.line(prompt, values));
  }

  @Override
  public Optional<String> secret(String prompt) {
    return input.secret(prompt);
  }

  @Override
  public boolean isInteractive() {
    return input.isInteractive();
  }

  private Optional<String> heard(Optional<String> line) {
    line.ifPresent(text -> console.transcript().ifPresent(written -> written.typed(text)));
    return line;
  }
}
