package dev.slm.shell;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.impl.ExternalTerminal;

/**
 * Walks once through what most starts do, so that the JVM can remember the classes: the launcher
 * makes the AOT cache from it. Runs in a home of its own and prints nowhere.
 */
public final class Rehearsal {
  /** What people start with; each also runs as a line at the prompt. */
  private static final List<String> LINES =
      List.of(
          "help",
          "help model run",
          "config list",
          "config get service.port",
          "model list",
          "model list --json",
          "model info slm-demo",
          "cache ls",
          "cache ls --json",
          "cache location",
          "service status",
          "status",
          "model run slm-demo --prompt Hello --max-tokens 8",
          "nonsense");

  private Rehearsal() {}

  /** Plays every line at a prompt, with a completion, on a terminal that nobody sees. */
  public static void run(Entry.Wiring wiring, Path history) throws IOException {
    String typed = String.join("\n", LINES) + "\ncache l\t\nexit\n";
    ByteArrayInputStream keys = new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8));
    OutputStream nowhere = OutputStream.nullOutputStream();
    // the way a real terminal is found, which is not used here
    TerminalBuilder.builder().system(true).dumb(true).build().close();
    try (Terminal terminal =
        new ExternalTerminal(
            "rehearsal", "xterm-256color", keys, nowhere, StandardCharsets.UTF_8)) {
      terminal.setSize(Size.of(80, 24));
      Screen.Looks looks = new Screen.Looks(true, true);
      Screen screen = new Screen(terminal.writer(), looks, terminal.writer(), looks, () -> 80);
      Prompt prompt = Prompt.on(terminal, history);
      prompt.converse(wiring.shell(new Console(screen, prompt)), () -> Text.of("slm> "));
    }
  }
}
