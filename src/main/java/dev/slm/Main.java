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
      answerStatus(List.of(args));
    }
    System.exit(App.run(List.of(args)));
  }

  /** Clients of the service ask for its status in a loop: no library is loaded for that. */
  private static void answerStatus(List<String> words) {
    boolean isFoundry = System.getProperty("slm.program", "").equals("foundry");
    Path home = Path.of(System.getProperty("user.home", "."));
    Path state = Folders.of(System.getenv(), home, System.getProperty("os.name", "")).state();
    StatusAnswer.to(words, isFoundry, state)
        .ifPresent(
            answer -> {
              OutputStream out = new FileOutputStream(FileDescriptor.out);
              new PrintStream(out, true, StandardCharsets.UTF_8).println(answer.text());
              System.exit(answer.exitStatus());
            });
  }
}
