package dev.slm.acquire;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.base.Units;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A model's folder on this machine that somebody else made. Anything in it that is not a plain file
 * is refused before it is opened: a pipe would block, a link could lead anywhere.
 */
public final class LocalFolder {
  private static final int BUFFER = 1024 * 1024;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private final Path folder;
  private final Map<String, Path> files;

  private LocalFolder(Path folder, Map<String, Path> files) {
    this.folder = folder;
    this.files = files;
  }

  /** Looks at a folder without opening its files. */
  public static LocalFolder of(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw Problem.usage("'" + folder + "' is not a folder").next("model import DIR");
    }
    Map<String, Path> files = new LinkedHashMap<>();
    try {
      Path root = folder.toRealPath();
      Files.walkFileTree(root, new Visitor(root, files));
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
    SafePath.refuseEscapes("'" + folder + "'", files.keySet());
    SafePath.refuseUnportable("'" + folder + "'", files.keySet());
    return new LocalFolder(folder, files);
  }

  private static final class Visitor extends SimpleFileVisitor<Path> {
    private static final int MOST = 10_000;

    private final Path root;
    private final Map<String, Path> files;

    Visitor(Path root, Map<String, Path> files) {
      this.root = root;
      this.files = files;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
      boolean isHidden = !visited.equals(root) && visited.getFileName().toString().startsWith(".");
      return isHidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      List<String> names = new ArrayList<>();
      root.relativize(file).forEach(name -> names.add(name.toString()));
      String name = String.join("/", names);
      files.put(name, plain(root, file, name, attributes));
      if (files.size() > MOST) {
        throw Problem.badFile("'" + root + "' has more than " + MOST + " files");
      }
      return FileVisitResult.CONTINUE;
    }
  }

  private static Path plain(Path root, Path file, String name, BasicFileAttributes attributes)
      throws IOException {
    if (attributes.isSymbolicLink()) {
      return blob(root, file, name);
    }
    if (!attributes.isRegularFile()) {
      throw refusal(root, name, "it is not a file");
    }
    if (isHardLink(file)) {
      throw refusal(root, name, "the same file has another name elsewhere");
    }
    return file;
  }

  /**
   * The hub's own cache keeps content in {@code blobs} and links to it; other links are refused.
   */
  private static Path blob(Path root, Path link, String name) throws IOException {
    Path snapshots = root.getParent();
    if (snapshots != null
        && snapshots.endsWith("snapshots")
        && COMMIT.matcher(root.getFileName().toString()).matches()
        && Files.exists(link)) {
      Path content = link.toRealPath();
      Path blobs = snapshots.resolveSibling("blobs");
      if (content.startsWith(blobs) && Files.isRegularFile(content, LinkOption.NOFOLLOW_LINKS)) {
        return content;
      }
    }
    throw refusal(root, name, "it is a link");
  }

  private static boolean isHardLink(Path file) throws IOException {
    return file.getFileSystem().supportedFileAttributeViews().contains("unix")
        && ((Number) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)).intValue()
            > 1;
  }

  private static Problem refusal(Path root, String name, String reason) {
    return Problem.badFile("'" + SafePath.shown(name) + "' in '" + root + "' is not a plain file")
        .why(reason)
        .next("copy the folder with cp -rL, then import the copy");
  }

  /** Its files as a snapshot has them, so that the same choice is made as on the hub. */
  public Snapshot snapshot() {
    List<RemoteFile> all = new ArrayList<>();
    try {
      for (Map.Entry<String, Path> file : files.entrySet()) {
        all.add(new RemoteFile(file.getKey(), Files.size(file.getValue()), "", ""));
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    Repository here = new Repository("local", name, Repository.NEWEST);
    return new Snapshot(here, "", "", all);
  }

  /** Refuses chosen files that stand for others. */
  public void refusePointers(FileChoice choice) {
    for (RemoteFile file : choice.files()) {
      Path source = source(file);
      try (FileChannel from =
          FileChannel.open(source, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
        refusePointer(from, source);
      } catch (IOException e) {
        throw DurableFile.cannotRead(source, e);
      }
    }
  }

  private Path source(RemoteFile file) {
    return files.getOrDefault(file.path(), folder.resolve(file.path()));
  }

  /** Copies the chosen files. */
  public void copy(FileChoice choice, Path target, Progress progress) {
    progress.start("copy " + folder.getFileName(), choice.bytes(), Progress.Unit.BYTES);
    for (RemoteFile file : choice.files()) {
      Path source = source(file);
      Path to = target.resolve(choice.target(file));
      try {
        Files.createDirectories(to.resolveSibling(".").normalize());
        copy(source, to, progress);
      } catch (IOException e) {
        throw DurableFile.cannotWrite(to, e);
      }
    }
  }

  private static void copy(Path source, Path target, Progress progress) throws IOException {
    try (FileChannel from =
            FileChannel.open(source, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        FileChannel to =
            FileChannel.open(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
      for (long at = 0, size = from.size(); at < size; ) {
        progress.checkCancelled();
        long copied = from.transferTo(at, Math.min(BUFFER, size - at), to);
        if (copied <= 0) {
          throw new IOException("'" + source + "' became shorter than " + Units.bytes(size));
        }
        at += copied;
        progress.advance(copied);
      }
    }
  }

  private static void refusePointer(FileChannel from, Path source) throws IOException {
    ByteBuffer beginning = ByteBuffer.allocate((int) Math.min(LfsPointer.MOST, from.size()));
    from.read(beginning, 0);
    byte[] bytes = new byte[beginning.position()];
    beginning.flip().get(bytes);
    if (LfsPointer.is(bytes)) {
      throw LfsPointer.problem("'" + source + "'").next("git lfs pull, then import again");
    }
  }
}
