package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import dev.slm.base.SafePath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Whole folders: what lies in them, how big they are, and how they go away. */
final class Folders {
  /** More files than any model has; a folder with more is not a model. */
  private static final int MOST_FILES = 10_000;

  private Folders() {}

  /**
   * The files below a folder as relative paths with forward slashes, sorted. Anything that is not a
   * plain file is refused without being opened: links that lead out, devices, pipes, and files that
   * have a second name elsewhere and so can change behind our back.
   */
  static List<String> plainFiles(Path place) {
    List<String> found = new ArrayList<>();
    try {
      // the folder itself may be a link, as after: cache cd --link
      Path folder = place.toRealPath();
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              String name = relative(folder, file);
              checkPlain(folder, file, name, attributes);
              found.add(name);
              if (found.size() > MOST_FILES) {
                throw Problem.badFile("'" + folder + "' has more than " + MOST_FILES + " files");
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw DurableFile.cannotRead(place, e);
    }
    found.sort(null);
    return found;
  }

  private static void checkPlain(
      Path folder, Path file, String name, BasicFileAttributes attributes) throws IOException {
    String fault = null;
    if (attributes.isSymbolicLink()) {
      fault = "a link";
    } else if (!attributes.isRegularFile()) {
      fault = "not a file";
    } else if (hardLinks(file) > 1) {
      fault = "a hard link: the same file has another name elsewhere";
    } else {
      fault = SafePath.fault(name).orElse(null);
    }
    if (fault != null) {
      throw Problem.badFile("'" + name + "' in '" + folder + "' is not a plain file").why(fault);
    }
  }

  private static int hardLinks(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return 1;
    }
    return ((Number) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)).intValue();
  }

  static String relative(Path folder, Path file) {
    List<String> names = new ArrayList<>();
    folder.relativize(file).forEach(name -> names.add(name.toString()));
    return String.join("/", names);
  }

  /** Removes folders that hold nothing, from the given one upwards, up to but without the stop. */
  static void deleteEmpty(Path folder, Path stop) {
    Path current = folder;
    try {
      while (current != null && !current.equals(stop) && FileTree.children(current).isEmpty()) {
        Files.deleteIfExists(current);
        current = current.getParent();
      }
    } catch (IOException _) {
      // an empty folder harms nobody
    }
  }

  /** Creates a folder with its parents, so that it survives a power cut. */
  static void create(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      create(parent);
    }
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
    if (parent != null) {
      DurableFile.syncFolder(parent);
    }
  }

  /** Makes the names in a folder and in all folders below survive a power cut. */
  static void sync(Path folder) throws IOException {
    for (Path child : FileTree.children(folder)) {
      if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
        sync(child);
      }
    }
    DurableFile.syncFolder(folder);
  }
}
