package dev.slm.shell;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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

  /** Columns of the terminal as the environment tells them, 0 when it does not. */
  static int columns() {
    String columns = System.getenv("COLUMNS");
    try {
      return columns == null ? 0 : Integer.parseInt(columns.strip());
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
