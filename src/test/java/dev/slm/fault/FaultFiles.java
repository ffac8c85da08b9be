package dev.slm.fault;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The machine's file system with faults. Give the code under test a path from {@link #path} and all
 * that it does through {@code Files} and {@code FileChannel} (mapping included) is counted and can
 * fail:
 *
 * <pre>{@code
 * Faults counting = Faults.none();
 * run(new FaultFiles(counting).path(folder));
 * for (int n = 1; n <= counting.count(); n++) {
 *   Faults faults = Faults.at(n, Faults.How.KILL);
 *   try {
 *     run(new FaultFiles(faults).path(freshFolder));
 *   } catch (Faults.Killed | Problem expected) {
 *     // look at freshFolder through the real file system here
 *   }
 * }
 * }</pre>
 *
 * <p>{@link Sweep} does this loop. A kill is an error that every later operation throws too, so
 * that cleaning up in {@code finally} does not happen either, as in a process that died; closing
 * works, as the kernel closes the files of the dead.
 */
public final class FaultFiles extends FileSystem {
  private final FileSystem real;
  private final FaultProvider provider;

  public FaultFiles(Faults faults) {
    this.real = FileSystems.getDefault();
    this.provider = new FaultProvider(this, real.provider(), faults);
  }

  /** The same place, seen through the faults. */
  public Path path(Path real) {
    return new FaultPath(this, real);
  }

  /** The place on the real file system. */
  public static Path real(Path path) {
    return path instanceof FaultPath fault ? fault.real() : path;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    List<Path> roots = new ArrayList<>();
    real.getRootDirectories().forEach(root -> roots.add(path(root)));
    return roots;
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return real.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return path(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = real.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() throws IOException {
    return real.newWatchService();
  }
}
