package dev.slm.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/**
 * Replaces files so that a reader, or the next start after a crash, sees the old content or the new
 * one and never a part: temporary name, fsync, rename, fsync of the folder.
 */
public final class DurableFile {
  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private static final FileAttribute<?>[] NO_ATTRIBUTES = {};
  private static final FileAttribute<?>[] OWNER_ONLY = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };

  private DurableFile() {}

  public static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  public static void write(Path file, byte[] bytes) {
    write(file, bytes, NO_ATTRIBUTES);
  }

  /** Writes a file that its owner alone can read, from its first byte on. */
  public static void writePrivate(Path file, String text) {
    boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    write(file, text.getBytes(StandardCharsets.UTF_8), isPosix ? OWNER_ONLY : NO_ATTRIBUTES);
  }

  private static void write(Path file, byte[] bytes, FileAttribute<?>[] attributes) {
    Path folder = folderOf(file);
    Path temporary = folder.resolve("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createDirectories(folder);
      // a leftover of an earlier process would keep its own permissions
      Files.deleteIfExists(temporary);
      try (FileChannel channel = FileChannel.open(temporary, NEW_FILE, attributes)) {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(folder);
    } catch (IOException e) {
      deleteQuietly(temporary);
      throw cannotWrite(file, e);
    }
  }

  /** Makes renames inside a folder survive a power cut; a no-op where folders cannot be opened. */
  public static void syncFolder(Path folder) throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The problem of a file that could not be written, with the reason in plain words. */
  public static Problem cannotWrite(Path file, IOException e) {
    Problem.Status status =
        e instanceof AccessDeniedException
            ? Problem.Status.NO_PERMISSION
            : Problem.Status.CANNOT_WRITE;
    return Problem.of(status, "cannot write '" + file + "'").why(reason(e)).causedBy(e);
  }

  /** The problem of a file that could not be read, with the reason in plain words. */
  public static Problem cannotRead(Path file, IOException e) {
    Problem.Status status =
        e instanceof AccessDeniedException ? Problem.Status.NO_PERMISSION : Problem.Status.BAD_FILE;
    return Problem.of(status, "cannot read '" + file + "'").why(reason(e)).causedBy(e);
  }

  /** Why an operation on a file failed, in plain words. */
  public static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "not a folder";
      case CharacterCodingException _ -> "it is not text in UTF-8";
      case FileSystemException fs when fs.getReason() != null ->
          fs.getReason().toLowerCase(Locale.ROOT);
      default ->
          e.getMessage() == null
              ? e.getClass().getSimpleName()
              : e.getMessage().toLowerCase(Locale.ROOT);
    };
  }

  private static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw Problem.usage("'" + file + "' is not a file name");
    }
    return folder;
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException ignored) {
      // the write's own failure is what people must hear of; leftovers are pruned later
    }
  }
}
