package dev.slm.shell;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes what is typed and printed as Markdown, one fenced block per command. */
final class Transcript implements Screen.Listener {
  private final Path file;
  private final StringBuilder block = new StringBuilder();
  private boolean isHearing;

  private Transcript(Path file) {
    this.file = file;
  }

  static Transcript start(Path file, String title) {
    Transcript transcript = new Transcript(file);
    Path folder = file.toAbsolutePath().getParent();
    try {
      if (folder != null) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
    boolean isNew = !Files.exists(file);
    transcript.append((isNew ? "" : "\n") + "# " + title + "\n");
    return transcript;
  }

  Path file() {
    return file;
  }

  /** A command begins. */
  void command(List<String> words) {
    ended();
    isHearing = true;
    typed(String.join(" ", Secrets.mask(words).stream().map(Words::quote).toList()));
  }

  /** What a person typed when a command asked. */
  void typed(String line) {
    boolean isLineOpen = !block.isEmpty() && block.charAt(block.length() - 1) != '\n';
    block.append(isLineOpen ? "" : "> ").append(Secrets.mask(line)).append('\n');
  }

  @Override
  public void printed(String text, boolean isError) {
    if (isHearing) {
      block.append(text);
    }
  }

  /** Writes down the command that has ended. */
  void ended() {
    if (block.isEmpty()) {
      return;
    }
    String text = block.toString().stripTrailing();
    block.setLength(0);
    String fence = "```";
    while (text.contains(fence)) {
      fence += "`";
    }
    append("\n" + fence + "console\n" + text + "\n" + fence + "\n");
  }

  private void append(String text) {
    try {
      Files.write(
          file,
          List.of(text.substring(0, text.length() - 1)),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }
}
