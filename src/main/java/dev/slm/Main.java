package dev.slm;

import dev.slm.serve.StatusAnswer;
import dev.slm.shell.Folders;
import dev.slm.shell.Version;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Entry. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      // without any library: answers within a tenth of a second
      System.out.println("slm " + Version.text());
      return;
    }
    if (args.length == 2 && args[1].equals("status")) {
      OptionalInt status = answerStatus(List.of(args));
      if (status.isPresent()) {
        end(status.getAsInt());
        return;
      }
    }
    end(App.run(List.of(args)));
  }

  /**
   * Only leaving {@code main} costs nothing: an exit begins with a logger, which looks for others
   * of its kind in every jar. Threads that still work would keep the program.
   */
  private static void end(int status) {
    boolean isAlone = Thread.getAllStackTraces().keySet().stream().noneMatch(Main::keepsAlive);
    if (status != 0 || !isAlone) {
      System.exit(status);
    }
  }

  private static boolean keepsAlive(Thread thread) {
    return !thread.isDaemon() && !thread.equals(Thread.currentThread());
  }

  /** Clients of the service ask for its status in a loop: no library is loaded for that. */
  private static OptionalInt answerStatus(List<String> words) {
    boolean isFoundry = System.getProperty("slm.program", "").equals("foundry");
    Path home = Path.of(System.getProperty("user.home", "."));
    Path state = Folders.of(System.getenv(), home, System.getProperty("os.name", "")).state();
    Optional<StatusAnswer> answer = StatusAnswer.to(words, isFoundry, state);
    if (answer.isEmpty()) {
      return OptionalInt.empty();
    }
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    new PrintStream(out, true, StandardCharsets.UTF_8).println(answer.get().text());
    return OptionalInt.of(answer.get().exitStatus());
  }
}
