package dev.slm;

import dev.slm.shell.Version;
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
    System.exit(App.run(List.of(args)));
  }
}
