package dev.slm.prepare;

import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was noticed in a configuration of Olive. */
final class OliveNotes {
  private final List<String> mistakes = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  void mistake(String field, String found, String instead) {
    mistakes.add(field + ": " + found + "; " + instead);
  }

  void ignored(String field) {
    warnings.add("'" + field + "' has no effect here");
  }

  List<String> warnings() {
    return warnings;
  }

  void refuse(Path file) {
    if (!mistakes.isEmpty()) {
      throw Problem.of(Problem.Status.USAGE, "'" + file + "' asks for what cannot be had here")
          .why(String.join("\n", mistakes));
    }
  }
}
