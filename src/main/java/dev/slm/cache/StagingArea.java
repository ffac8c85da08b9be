package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The temporary area: on the cache's own file system, so that finished folders are renamed into
 * place and removed ones are renamed out of it. Work has a slot, a folder with a lock file that
 * tells the living from the dead.
 */
final class StagingArea {
  /** Begins with a dot: neither we nor Foundry Local take it for a publisher's folder. */
  static final String OURS = ".slm";

  /** Slots to go on with after a failure; others are of no use when their process is gone. */
  private static final String RESUMABLE = "resume-";

  private static final String LOCK = "lock";
  private static final String FILES = "files";

  /** A slot may be so young that its owner has not locked it yet. */
  private static final Duration YOUNG = Duration.ofSeconds(10);

  private final Path area;

  StagingArea(Path cache) {
    area = cache.resolve(OURS).resolve("staging");
  }

  /** One piece of work, as long as the lock is open. */
  record Slot(Path folder, LockFile lock) {
    Path files() {
      return folder.resolve(FILES);
    }

    Path gone() {
      return folder.resolve("gone");
    }

    boolean isResumable() {
      return folder.getFileName().toString().startsWith(RESUMABLE);
    }
  }

  /** A slot that nobody else has; what dead processes left goes away on the way. */
  Slot fresh(String name) throws IOException {
    Folders.create(area);
    removeDead(false, YOUNG);
    byte[] random = new byte[6];
    ThreadLocalRandom.current().nextBytes(random);
    return take(area.resolve("new-" + name + "-" + HexFormat.of().formatHex(random)), name);
  }

  /** The slot of this name, with the files that earlier work left in it. */
  Slot resumable(String publisher, String name) throws IOException {
    return take(resumableFolder(publisher, name), name);
  }

  private Path resumableFolder(String publisher, String name) {
    return area.resolve(RESUMABLE + publisher + "-" + name);
  }

  /** Bytes in the slot of this name, whoever works on it. */
  long resumableBytes(String publisher, String name) {
    return FileTree.bytes(resumableFolder(publisher, name).resolve(FILES));
  }

  private static Slot take(Path folder, String name) throws IOException {
    Folders.create(folder);
    return new Slot(folder, LockFile.take(folder.resolve(LOCK), "working on '" + name + "'"));
  }

  /** Ends work that leaves nothing. */
  static void remove(Slot slot) throws IOException {
    try {
      // in one step: where locks lie, another process may be about to call these files a model,
      // and half of them must not become one
      FileTree.delete(slot.gone());
      Files.move(slot.files(), slot.gone(), StandardCopyOption.ATOMIC_MOVE);
      FileTree.delete(slot.gone());
    } catch (NoSuchFileException _) {
      // they are in their place, or another process removes them
    } finally {
      slot.lock().close();
    }
    FileTree.delete(slot.folder());
  }

  /** Takes a model's folder out of sight in one step, then removes its bytes. */
  void discard(Path folder, String name) throws IOException {
    Slot slot = fresh(name);
    try {
      Files.move(folder, slot.files(), StandardCopyOption.ATOMIC_MOVE);
      Path parent = folder.getParent();
      if (parent != null) {
        DurableFile.syncFolder(parent);
      }
    } finally {
      remove(slot);
    }
  }

  /** What lies in the area, whether somebody works on it or not. */
  long bytes() {
    return FileTree.bytes(area);
  }

  /** Removes what dead processes left; gives the bytes that this freed. */
  long removeDead() throws IOException {
    return removeDead(true, Duration.ZERO);
  }

  private long removeDead(boolean alsoResumable, Duration age) throws IOException {
    FileTime newest = FileTime.from(Instant.now().minus(age));
    long freed = 0;
    for (Path folder : FileTree.children(area)) {
      boolean isMeant = alsoResumable || !folder.getFileName().toString().startsWith(RESUMABLE);
      if (isMeant && (age.isZero() || isOlder(folder, newest))) {
        freed += removeIfDead(folder);
      }
    }
    return freed;
  }

  private static boolean isOlder(Path folder, FileTime newest) {
    try {
      return Files.getLastModifiedTime(folder).compareTo(newest) < 0;
    } catch (IOException _) {
      return false;
    }
  }

  private static long removeIfDead(Path folder) throws IOException {
    try {
      Slot slot = take(folder, "leftovers");
      long bytes = FileTree.bytes(slot.files()) + FileTree.bytes(slot.gone());
      remove(slot);
      return bytes;
    } catch (NoSuchFileException _) {
      return 0; // another process removes it as well
    } catch (Problem e) {
      if (e.status() == Problem.Status.BUSY) {
        return 0;
      }
      throw e;
    }
  }
}
