package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A folder of models, laid out as {@code <publisher>/<name>/v<N>/} like the cache of Foundry Local,
 * so that either program finds the other's models. Several processes may use one cache at a time.
 */
public final class ModelCache {
  private static final String DEFAULT_PUBLISHER = "custom";
  private static final int MOST_ATTEMPTS = 50;

  private final Path root;
  private final StagingArea area;
  private final UsageMarks marks;
  private final FolderFacts facts;

  private ModelCache(Path root) {
    this.root = root;
    this.area = new StagingArea(root);
    this.marks = new UsageMarks(root);
    this.facts = new FolderFacts(root, marks);
  }

  /** The cache in a folder, which is created when the first model comes. */
  public static ModelCache at(Path folder) {
    return new ModelCache(folder.toAbsolutePath().normalize());
  }

  /** What a folder anywhere says of its model, empty when we did not make it. */
  public static Optional<Manifest> manifestOf(Path folder) {
    return Files.isRegularFile(folder.resolve(Manifest.FILE_NAME))
        ? Optional.of(ManifestFile.read(folder))
        : Optional.empty();
  }

  public Path root() {
    return root;
  }

  /** The publisher's folder for weights from a hub repository, or for one's own. */
  public static String publisherOf(String repository) {
    int slash = repository.indexOf('/');
    boolean isHub = slash > 0 && slash == repository.lastIndexOf('/');
    String publisher = isHub ? repository.substring(0, slash) : DEFAULT_PUBLISHER;
    return publisher.startsWith(".") ? DEFAULT_PUBLISHER : publisher;
  }

  /** All complete models and checkpoints, by name. */
  public List<CachedModel> list() {
    if (!Files.exists(root)) {
      return List.of();
    }
    return FolderScan.modelFolders(root).stream()
        .flatMap(folder -> facts.of(folder).stream())
        .sorted((a, b) -> a.name().compareToIgnoreCase(b.name()))
        .toList();
  }

  /**
   * The model of a name ({@code qwen2.5-0.5b-int4}, {@code qwen2.5-0.5b-int4:1}, {@code
   * Qwen/qwen2.5-0.5b-int4}), or the best one of an alias: what can run before what cannot, small
   * precisions first.
   */
  public Optional<CachedModel> find(String nameOrAlias) {
    return ModelNames.find(list(), nameOrAlias);
  }

  /** The model of a name or alias, runnable or not, or the problem with the nearest names. */
  public CachedModel named(String nameOrAlias) {
    return ModelNames.named(list(), nameOrAlias);
  }

  /** The runnable model of a name or alias, or the problem that says what to type instead. */
  public CachedModel resolve(String nameOrAlias) {
    CachedModel model = named(nameOrAlias);
    if (model.kind() == Manifest.Kind.CHECKPOINT) {
      throw Problem.failed("'" + model.name() + "' is a checkpoint and cannot run as it is")
          .next("quantize " + model.name() + " --precision int4");
    }
    if (!model.isRunnable()) {
      throw Problem.badFile("'" + model.name() + "' is damaged")
          .why(model.note())
          .next("cache verify " + model.name());
    }
    return model;
  }

  /** A new folder to make a model in; {@code name} is what the manifest will say. */
  public Staging stage(String publisher, String name) {
    checkNames(publisher, name);
    try {
      return Staging.open(this, area.fresh(name), publisher, name);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(root, e);
    }
  }

  /** The folder of earlier work on this name with all its files, or a new one that is kept. */
  public Staging stageResumable(String publisher, String name) {
    checkNames(publisher, name);
    try {
      return Staging.open(this, area.resumable(publisher, name), publisher, name);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(root, e);
    }
  }

  /** Bytes that work on this name has so far, by whichever process. */
  public long resumableBytes(String publisher, String name) {
    return area.resumableBytes(publisher, name);
  }

  /** Remembers that a model was used now; never fails. */
  public void touch(CachedModel model) {
    marks.touch(model.folder());
  }

  /**
   * Removes a model, or the link to it. Programs that have it loaded keep its bytes until they
   * close it.
   */
  public void remove(CachedModel model) {
    try {
      discard(model.folder(), "removed");
      removeEmptyParents(model.folder());
    } catch (IOException e) {
      throw DurableFile.cannotWrite(model.folder(), e);
    }
  }

  /** Reads every byte of a model and compares with its manifest. */
  public Verification verify(CachedModel model, Progress progress) {
    return Verification.of(model, progress);
  }

  /** Bytes of unfinished work and of leftovers in the temporary area. */
  public long temporaryBytes() {
    return area.bytes();
  }

  /** Where a model goes that is below its user's line for quality: no list of models shows it. */
  public Path rejected(String name) {
    return rejectedRoot().resolve(name);
  }

  /** The models that were put aside. */
  public List<Path> rejected() {
    try {
      return FileTree.children(rejectedRoot());
    } catch (IOException e) {
      throw DurableFile.cannotRead(rejectedRoot(), e);
    }
  }

  private Path rejectedRoot() {
    return root.resolve(StagingArea.OURS).resolve("rejected");
  }

  private long removeRejected() throws IOException {
    long bytes = FileTree.bytes(rejectedRoot());
    FileTree.delete(rejectedRoot());
    return bytes;
  }

  /**
   * Removes leftovers of dead processes, older versions and models that were put aside; gives the
   * bytes that this freed.
   */
  public long prune() {
    try {
      long freed = area.removeDead() + removeRejected();
      for (CachedModel model : list()) {
        freed += removeOlderVersions(model.folder());
      }
      return freed;
    } catch (IOException e) {
      throw DurableFile.cannotWrite(root, e);
    }
  }

  /** Renames a finished folder to the next version of its name; gives the new place. */
  Path place(Path finished, String publisher, String name) throws IOException {
    Path parent = root.resolve(publisher).resolve(name);
    Path target = moveToNextVersion(finished, parent);
    DurableFile.syncFolder(parent);
    Path staged = finished.getParent();
    if (staged != null) {
      DurableFile.syncFolder(staged);
    }
    return target;
  }

  /** Other processes may take the version, or remove the still empty parent: then once more. */
  private Path moveToNextVersion(Path finished, Path parent) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path target = parent;
      try {
        Folders.create(parent);
        target = parent.resolve("v" + (newestVersion(parent) + 1));
        Files.move(finished, target, StandardCopyOption.ATOMIC_MOVE);
        return target;
      } catch (IOException e) {
        boolean wasOvertaken =
            Files.exists(target, LinkOption.NOFOLLOW_LINKS) || e instanceof NoSuchFileException;
        if (!wasOvertaken || attempt == MOST_ATTEMPTS) {
          Folders.deleteEmpty(parent, root);
          throw e;
        }
      }
    }
  }

  /**
   * What a folder that was just put into its place is, after older versions of it are gone. One
   * that another process took files from, where locks do not work, must not replace a whole one.
   */
  CachedModel placed(Path folder, String name) {
    Optional<CachedModel> placed =
        facts.of(folder).filter(model -> model.state() == CachedModel.State.READY);
    try {
      if (placed.isPresent()) {
        removeOlderVersions(folder);
      } else {
        discard(folder, "incomplete");
      }
    } catch (IOException _) {
      // what is left over does not show, and prune removes it
    }
    return placed
        .or(() -> find(name))
        .orElseThrow(
            () ->
                Problem.of(Problem.Status.BUSY, "'" + name + "' is gone again")
                    .why("another slm removed it"));
  }

  private long removeOlderVersions(Path folder) throws IOException {
    long freed = 0;
    Path parent = folder.getParent();
    int newest = FolderScan.version(folder);
    if (parent == null || newest == 0) {
      return 0;
    }
    for (Path other : FileTree.children(parent)) {
      boolean isOurs = Files.exists(other.resolve(Manifest.FILE_NAME));
      if (isOurs && FolderScan.version(other) > 0 && FolderScan.version(other) < newest) {
        freed += FileTree.bytes(other);
        discard(other, "older");
      }
    }
    return freed;
  }

  private void discard(Path folder, String why) throws IOException {
    try {
      area.discard(folder, why);
    } catch (NoSuchFileException e) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw e; // otherwise another process was faster
      }
    }
    marks.forget(folder);
  }

  /** Forgets a model whose folder is not here any more. */
  void forget(CachedModel model) {
    marks.forget(model.folder());
    removeEmptyParents(model.folder());
  }

  private void removeEmptyParents(Path folder) {
    Path parent = folder.getParent();
    if (parent != null) {
      Folders.deleteEmpty(parent, root);
    }
  }

  private static int newestVersion(Path parent) throws IOException {
    return FileTree.children(parent).stream().mapToInt(FolderScan::version).max().orElse(0);
  }

  private static void checkNames(String publisher, String name) {
    SafePath.checkName("publisher", publisher);
    SafePath.checkName("model", name);
  }
}
