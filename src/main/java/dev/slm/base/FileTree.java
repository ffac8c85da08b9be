package dev.slm.base;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What lies in folders that other processes change meanwhile: what vanishes while somebody looks is
 * not there. The streams of {@link Files} end with an unchecked exception then, so only this class
 * looks into folders. Links inside of a folder are never followed.
 */
public final class FileTree {
  /** A look around must not walk a whole disk. */
  private static final int MOST_FOLDERS = 2000;

  private FileTree() {}

  /** What lies in a folder, sorted; nothing when it does not exist. */
  public static List<Path> children(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(found::add);
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    found.sort(null);
    return found;
  }

  /** The plain files in a folder and in all folders below. */
  public static List<Path> files(Path folder) throws IOException {
    return files(folder, Integer.MAX_VALUE);
  }

  /**
   * The plain files in a folder and in some of those below.
   *
   * @param depth 1 for the folder alone
   */
  public static List<Path> files(Path folder, int depth) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path child : children(folder)) {
      if (Files.isRegularFile(child, LinkOption.NOFOLLOW_LINKS)) {
        found.add(child);
      } else if (depth > 1 && isFolder(child)) {
        found.addAll(files(child, depth - 1));
      }
    }
    return found;
  }

  /**
   * A folder and those below, as far as they can be read and are not too many.
   *
   * @param depth 1 for the folder and its own folders
   */
  public static List<Path> folders(Path folder, int depth) {
    List<Path> found = new ArrayList<>(List.of(folder));
    addFolders(folder, depth, found);
    return found;
  }

  private static void addFolders(Path folder, int depth, List<Path> found) {
    for (Path child : readable(folder)) {
      if (found.size() < MOST_FOLDERS && isFolder(child)) {
        found.add(child);
        if (depth > 1) {
          addFolders(child, depth - 1, found);
        }
      }
    }
  }

  /** The sum of the sizes of all plain files; a size is never worth a failure. */
  public static long bytes(Path folder) {
    long sum = 0;
    for (Path child : readable(folder)) {
      sum += isFolder(child) ? bytes(child) : size(child);
    }
    return sum;
  }

  private static long size(Path file) {
    try {
      boolean isFile = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
      return isFile ? Files.size(file) : 0;
    } catch (IOException _) {
      return 0;
    }
  }

  /** Removes a folder with all that is in it, a file or a link (never what a link leads to). */
  public static void delete(Path path) throws IOException {
    if (isFolder(path)) {
      for (Path child : children(path)) {
        delete(child);
      }
    }
    Files.deleteIfExists(path);
  }

  private static boolean isFolder(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static List<Path> readable(Path folder) {
    try {
      return children(folder);
    } catch (IOException _) {
      return List.of();
    }
  }
}
