package dev.slm.shell;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Which standard streams are terminals. */
final class Terminals {
  /** The standard streams by their numbers. */
  static final int IN = 0;

  static final int OUT = 1;
  static final int ERR = 2;

  private Terminals() {}

  /** Asks the kernel's links on Linux, which costs nothing; elsewhere Java knows of a console. */
  static boolean isTerminal(int stream) {
    Path link = Path.of("/proc/self/fd/" + stream);
    if (Files.isSymbolicLink(link)) {
      try {
        String target = Files.readSymbolicLink(link).toString();
        return target.startsWith("/dev/pts/")
            || target.startsWith("/dev/tty")
            || target.equals("/dev/console");
      } catch (IOException _) {
        return false;
      }
    }
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /** Columns of the terminal, 0 when nobody knows. */
  static int columns() {
    String columns = System.getenv("COLUMNS");
    if (columns != null && columns.matches("[1-9]\\d{0,3}")) {
      return Integer.parseInt(columns);
    }
    try (Terminal terminal = system()) {
      return terminal.getSize().getColumns();
    } catch (IOException _) {
      return 0;
    }
  }

  /**
   * Keys that are pressed while nobody reads a line wait for the next one, instead of showing in
   * the middle of what is printed. Until the returned value is closed.
   */
  static AutoCloseable holdingKeysBack(Terminal terminal) {
    if (Terminal.TYPE_DUMB.equals(terminal.getType())) {
      // there the system shows what is typed, also at the prompt
      return () -> {};
    }
    Attributes before = terminal.getAttributes();
    Attributes silent = new Attributes(before);
    silent.setLocalFlag(Attributes.LocalFlag.ECHO, false);
    // else the system takes Ctrl-D and corrections for itself
    silent.setLocalFlag(Attributes.LocalFlag.ICANON, false);
    silent.setControlChar(Attributes.ControlChar.VMIN, 1);
    silent.setControlChar(Attributes.ControlChar.VTIME, 0);
    terminal.setAttributes(silent);
    return () -> terminal.setAttributes(before);
  }

  static Terminal system() throws IOException {
    // asking the terminal how it joins letters costs 0.3 s where nobody answers
    if (System.getProperty("org.jline.terminal.graphemeCluster") == null) {
      System.setProperty("org.jline.terminal.graphemeCluster", "false");
    }
    Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build();
    if (Terminal.TYPE_DUMB.equals(terminal.getType())) {
      // one without control of its keys hears of Ctrl-C from the system alone
      Signals.register("INT", () -> terminal.raise(Terminal.Signal.INT));
    }
    return terminal;
  }
}
