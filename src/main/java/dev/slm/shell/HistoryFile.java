package dev.slm.shell;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The lines typed at the prompt, over all runs, as the line editor stores them. */
final class HistoryFile {
  private final Path file;

  HistoryFile(Path file) {
    this.file = file;
  }

  Path path() {
    return file;
  }

  /** Takes a file that others may read from them; where that cannot be, it stays as it is. */
  static void keepPrivate(Path file) {
    try {
      if (Files.exists(file)) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      }
    } catch (IOException | UnsupportedOperationException _) {
      // somebody else's file, or a system without such permissions: lines are worth reading anyway
    }
  }

  /** Oldest first. */
  List<String> lines() {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return Files.readAllLines(file).stream().map(HistoryFile::unescape).toList();
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  void clear() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  private static String unescape(String line) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        c = line.charAt(i) == 'n' ? '\n' : line.charAt(i) == 'r' ? '\r' : line.charAt(i);
      }
      text.append(c);
    }
    return text.toString();
  }
}
