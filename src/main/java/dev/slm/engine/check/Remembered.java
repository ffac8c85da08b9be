package dev.slm.engine.check;

import dev.slm.base.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Small texts by name in the user's own cache folder: what was found out about models, kept outside
 * of their folders. What is lost is found out again, which is only slower.
 */
final class Remembered {
  /** More models than anybody has; then all of a kind is forgotten. */
  private static final int MOST = 2000;

  private final Path folder;

  private Remembered(Path folder) {
    this.folder = folder;
  }

  static Remembered of(String kind) {
    return new Remembered(UserCache.folder().resolve(kind));
  }

  Optional<String> read(String name) {
    try {
      return Optional.of(Files.readString(folder.resolve(name)));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  void write(String name, String text) {
    try {
      Files.createDirectories(folder);
      List<Path> others = FileTree.children(folder);
      if (others.size() >= MOST) {
        for (Path other : others) {
          Files.deleteIfExists(other);
        }
      }
      Files.writeString(folder.resolve(name), text);
    } catch (IOException _) {
      // no place to remember it, or another process did so meanwhile
    }
  }
}
