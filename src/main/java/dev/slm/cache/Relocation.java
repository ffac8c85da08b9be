package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Brings the models of one cache into another, one after the other, so that each is complete in at
 * least one of them at any time, and a second attempt goes on where the first one ended.
 */
public final class Relocation {
  private final ModelCache from;
  private final ModelCache to;
  private final Progress progress;

  private Relocation(ModelCache from, ModelCache to, Progress progress) {
    this.from = from;
    this.to = to;
    this.progress = progress;
  }

  /** Moves all models; gives how many are in the new cache now. */
  public static int move(ModelCache from, ModelCache to, Progress progress) {
    return new Relocation(from, to, progress).each(Relocation::move);
  }

  /** Makes links to all models; they stay where they are. */
  public static int link(ModelCache from, ModelCache to, Progress progress) {
    return new Relocation(from, to, progress).each(Relocation::link);
  }

  @FunctionalInterface
  private interface Step {
    boolean take(Relocation relocation, CachedModel model) throws IOException;
  }

  private int each(Step step) {
    if (to.root().startsWith(from.root()) || from.root().startsWith(to.root())) {
      throw Problem.usage("'" + to.root() + "' and '" + from.root() + "' lie in each other");
    }
    int done = 0;
    for (CachedModel model : from.list()) {
      progress.checkCancelled();
      try {
        done += step.take(this, model) ? 1 : 0;
      } catch (IOException e) {
        throw DurableFile.cannotWrite(to.root(), e);
      }
    }
    return done;
  }

  private boolean move(CachedModel model) throws IOException {
    Optional<CachedModel> present = sameName(model);
    if (present.isPresent() && !isSame(present.get(), model)) {
      progress.warn("'" + model.name() + "' is another model there; it stays in " + from.root());
      return false;
    }
    if (present.isEmpty()) {
      try {
        rename(model.folder(), target(model));
        from.forget(model);
        return true;
      } catch (AtomicMoveNotSupportedException _) {
        copy(model);
      }
    }
    from.remove(model);
    return true;
  }

  private boolean link(CachedModel model) throws IOException {
    if (sameName(model).isPresent()) {
      progress.warn("'" + model.name() + "' is there already");
      return false;
    }
    Path target = target(model);
    Path parent = parentOf(target);
    Folders.create(parent);
    Files.createSymbolicLink(target, model.folder());
    DurableFile.syncFolder(parent);
    return true;
  }

  private Optional<CachedModel> sameName(CachedModel model) {
    return to.list().stream()
        .filter(other -> other.name().equalsIgnoreCase(model.name()))
        .findFirst();
  }

  /** Equal files by their hashes; without manifests nothing can be said but the size. */
  private static boolean isSame(CachedModel one, CachedModel other) {
    if (one.manifest().isPresent() && other.manifest().isPresent()) {
      return one.state() == CachedModel.State.READY
          && one.manifest().get().files().equals(other.manifest().get().files());
    }
    return one.manifest().isEmpty() && other.manifest().isEmpty() && one.bytes() == other.bytes();
  }

  /** The same place below the other cache. */
  private Path target(CachedModel model) {
    Path target =
        SafePath.resolve(
            to.root(), from.root().toString(), Folders.relative(from.root(), model.folder()));
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw Problem.of(Problem.Status.CANNOT_WRITE, "'" + target + "' is in the way")
          .next("doctor '" + target + "'");
    }
    return target;
  }

  private static void rename(Path folder, Path target) throws IOException {
    Path parent = parentOf(target);
    Folders.create(parent);
    Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.syncFolder(parent);
    DurableFile.syncFolder(parentOf(folder));
  }

  /** To another disk: copied and checked beside, then renamed into place. */
  private void copy(CachedModel model) throws IOException {
    progress.start("copying " + model.name(), model.bytes(), Progress.Unit.BYTES);
    try (Staging staging = to.stage(model.publisher(), model.name())) {
      for (String name : Folders.plainFiles(model.folder())) {
        copyFile(model, name, staging.folder());
      }
      staging.moveTo(target(model));
    }
  }

  private void copyFile(CachedModel model, String name, Path folder) throws IOException {
    Path target = SafePath.resolve(folder, model.name(), name);
    Folders.create(parentOf(target));
    FileHashes hashes = new FileHashes();
    byte[] bytes = new byte[FileHashes.BUFFER_BYTES];
    try (FileChannel in =
            FileChannel.open(
                SafePath.resolve(model.folder(), model.name(), name), StandardOpenOption.READ);
        FileChannel out =
            FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (in.read(buffer.clear()) >= 0) {
        progress.checkCancelled();
        hashes.add(bytes, 0, buffer.position());
        progress.advance(buffer.position());
        buffer.flip();
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
      }
      out.force(true);
    }
    Manifest.FileEntry copied = hashes.entry(name);
    boolean isGood =
        model.manifest().stream()
            .flatMap(manifest -> manifest.files().stream())
            .filter(entry -> entry.path().equals(name))
            .allMatch(copied::equals);
    if (!isGood) {
      throw Problem.badFile("'" + name + "' of '" + model.name() + "' has changed")
          .why("it stays where it was")
          .next("cache verify " + model.name());
    }
  }

  private static Path parentOf(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("expected a path below a folder, found " + path);
    }
    return parent;
  }
}
