package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.cache.ModelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A folder of the user's that a model goes to instead of the cache. It is made in a hidden cache
 * beside it and renamed when it is complete, so that both ways keep the same promises.
 */
final class OutputFolder implements AutoCloseable {
  private final Path target;
  private final Path hidden;

  private OutputFolder(Path target, Path hidden) {
    this.target = target;
    this.hidden = hidden;
  }

  /** Refuses a folder that holds something already. */
  static void check(Path target) {
    if (!Files.exists(target)) {
      return;
    }
    if (!Files.isDirectory(target)) {
      throw Problem.usage("'" + target + "' is a file").next("--output another folder");
    }
    try {
      if (!FileTree.children(target).isEmpty()) {
        throw Problem.usage("'" + target + "' is not empty")
            .why("nothing of yours is overwritten")
            .next("remove it, or --output another folder");
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(target, e);
    }
  }

  /** Refuses a place where nothing can be written, before hours of work. */
  static void checkWritable(Path target) {
    Path there = Machine.existing(target);
    if (!Files.isDirectory(there)) {
      throw Problem.of(Problem.Status.CANNOT_WRITE, "cannot make '" + target + "'")
          .why("'" + there + "' is a file")
          .next("--output another folder");
    }
    if (!Files.isWritable(there)) {
      throw Problem.of(Problem.Status.NO_PERMISSION, "cannot write in '" + there + "'")
          .why("it belongs to somebody else, or its disk is read-only")
          .next("--output another folder");
    }
  }

  static OutputFolder beside(Path target) {
    check(target);
    Path absolute = target.toAbsolutePath().normalize();
    String name = ".slm-" + absolute.getFileName() + "-";
    removeDead(absolute, name);
    return new OutputFolder(
        absolute, absolute.resolveSibling(name + ProcessHandle.current().pid()));
  }

  /** What earlier processes left that were killed; their locks tell whether they live. */
  private static void removeDead(Path target, String name) {
    Path parent = target.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return;
    }
    try {
      List<Path> left =
          FileTree.children(parent).stream()
              .filter(it -> it.getFileName().toString().matches(Pattern.quote(name) + "\\d+"))
              .filter(Files::isDirectory)
              .toList();
      for (Path folder : left) {
        ModelCache cache = ModelCache.at(folder);
        cache.prune();
        if (cache.temporaryBytes() == 0 && cache.list().isEmpty()) {
          FileTree.delete(folder);
        }
      }
    } catch (IOException | Problem e) {
      // it is in nobody's way; what cannot be written is told with the result's own folder
    }
  }

  /** A folder beside the target that nobody has, for a model that was refused. */
  static Path aside(Path target) {
    String name = target.toAbsolutePath().normalize().getFileName() + "-rejected";
    Path aside = target.resolveSibling(name);
    for (int n = 2; Files.exists(aside, LinkOption.NOFOLLOW_LINKS); n++) {
      aside = target.resolveSibling(name + "-" + n);
    }
    return aside;
  }

  ModelCache cache() {
    return ModelCache.at(hidden);
  }

  /** Puts a finished model into the user's folder. */
  Path place(Path finished) {
    try {
      Files.deleteIfExists(target);
      Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
      Path parent = target.getParent();
      if (parent != null) {
        DurableFile.syncFolder(parent);
      }
      return target;
    } catch (IOException e) {
      throw DurableFile.cannotWrite(target, e);
    }
  }

  @Override
  public void close() {
    try {
      FileTree.delete(hidden);
    } catch (IOException e) {
      // it is in nobody's way, and the next one removes it; the result is not worse for it
    }
  }
}
