package dev.slm.shell;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
