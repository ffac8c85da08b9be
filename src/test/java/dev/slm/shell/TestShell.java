package dev.slm.shell;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/** A shell on text in memory: what is typed goes in, what is printed is kept. */
final class TestShell {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Shell shell;

  TestShell(Path state, String input, CommandSpec... specs) {
    Screen screen =
        new Screen(
            new PrintWriter(out),
            Screen.Looks.PLAIN,
            new PrintWriter(err),
            Screen.Looks.PLAIN,
            () -> 80);
    BufferedReader lines = new BufferedReader(new StringReader(input));
    Console console = new Console(screen, new StreamInput(lines, screen, false, false));
    CommandGroup group = () -> List.of(specs);
    shell = new Shell(console, List.of(group), new Folders(state, state, state));
  }

  Shell shell() {
    return shell;
  }

  int run(String line) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return shell.run(line);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
