package dev.slm.shell;

import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Paths as people type them: {@code ~} is the home folder. */
final class Paths {
  private Paths() {}

  static Path of(String typed) {
    try {
      return Path.of(expand(typed));
    } catch (InvalidPathException _) {
      throw Problem.usage("'" + typed + "' is not a path");
    }
  }

  static boolean isFolder(Path path) {
    return Files.isDirectory(path);
  }

  /** What could follow a half typed path; hidden entries only when their dot was typed. */
  static List<Completion> complete(String typed, Predicate<Path> wanted) {
    int cut = Math.max(typed.lastIndexOf('/'), typed.lastIndexOf(File.separatorChar)) + 1;
    String folder = typed.substring(0, cut);
    String start = typed.substring(cut);
    if (folder.isEmpty() && start.equals("~")) {
      return List.of(new Completion("~/", "", false));
    }
    List<Completion> found = new ArrayList<>();
    try {
      for (Path entry : FileTree.children(Path.of(folder.isEmpty() ? "." : expand(folder)))) {
        String name = String.valueOf(entry.getFileName());
        boolean shown = start.startsWith(".") || !name.startsWith(".");
        if (shown && name.startsWith(start) && wanted.test(entry)) {
          boolean isFolder = isFolder(entry);
          found.add(new Completion(folder + name + (isFolder ? "/" : ""), "", !isFolder));
        }
      }
    } catch (IOException | InvalidPathException _) {
      return List.of(); // nothing to offer in a folder that cannot be read
    }
    found.sort(Comparator.comparing(Completion::text));
    return found;
  }

  private static String expand(String typed) {
    boolean isHome =
        typed.equals("~") || typed.startsWith("~/") || typed.startsWith("~" + File.separator);
    return isHome ? System.getProperty("user.home", "") + typed.substring(1) : typed;
  }
}
