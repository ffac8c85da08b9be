package dev.slm;

import dev.slm.shell.Input;
import java.util.Optional;

/** At the keyboard: commands that ask get no answer. */
final class Nobody implements Input {
  @Override
  public Optional<String> line(String prompt) {
    return Optional.empty();
  }

  @Override
  public boolean isInteractive() {
    return false;
  }
}
