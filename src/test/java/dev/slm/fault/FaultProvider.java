package dev.slm.fault;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes operations on to the machine's file system when the faults let them through. */
final class FaultProvider extends FileSystemProvider {
  private final FaultFiles files;
  private final FileSystemProvider real;
  private final Faults faults;

  FaultProvider(FaultFiles files, FileSystemProvider real, Faults faults) {
    this.files = files;
    this.real = real;
    this.faults = faults;
  }

  @Override
  public String getScheme() {
    return "fault";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("expected a path, found " + uri);
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public Path getPath(URI uri) {
    return files.path(Path.of(uri));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    boolean changes =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    if (changes) {
      faults.changing("open " + path);
    } else {
      faults.reading("open " + path);
    }
    FileChannel channel = FileChannel.open(FaultFiles.real(path), options, attributes);
    return new FaultChannel(channel, faults, path.toString());
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    faults.reading("list " + folder);
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream =
        real.newDirectoryStream(FaultFiles.real(folder), child -> filter.accept(wrap(child)))) {
      stream.forEach(child -> children.add(wrap(child)));
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return children.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    faults.changing("mkdir " + folder);
    real.createDirectory(FaultFiles.real(folder), attributes);
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    faults.changing("symlink " + link);
    real.createSymbolicLink(FaultFiles.real(link), FaultFiles.real(target), attributes);
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    faults.changing("link " + link);
    real.createLink(FaultFiles.real(link), FaultFiles.real(existing));
  }

  @Override
  public void delete(Path path) throws IOException {
    faults.changing("delete " + path);
    real.delete(FaultFiles.real(path));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    faults.reading("readlink " + link);
    return wrap(real.readSymbolicLink(FaultFiles.real(link)));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    faults.changing("copy " + target);
    real.copy(FaultFiles.real(source), FaultFiles.real(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    faults.changing("rename " + source + " to " + target);
    Path from = FaultFiles.real(source);
    Path to = FaultFiles.real(target);
    if (faults.refusesRename(from, to)) {
      throw new AtomicMoveNotSupportedException(
          source.toString(), target.toString(), "another disk");
    }
    real.move(from, to, options);
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    faults.reading("compare " + one);
    return real.isSameFile(FaultFiles.real(one), FaultFiles.real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    faults.reading("stat " + path);
    return real.isHidden(FaultFiles.real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    faults.reading("stat " + path);
    return real.getFileStore(FaultFiles.real(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    faults.reading("stat " + path);
    real.checkAccess(FaultFiles.real(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(FaultFiles.real(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    faults.reading("stat " + path);
    return real.readAttributes(FaultFiles.real(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    faults.reading("stat " + path);
    return real.readAttributes(FaultFiles.real(path), attributes, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    faults.changing("chattr " + path);
    real.setAttribute(FaultFiles.real(path), attribute, value, options);
  }

  private Path wrap(Path path) {
    return files.path(path);
  }
}
