package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder in which a model is made, invisible until {@link #commit}. Closing it without a commit
 * leaves nothing, or keeps the files for the next attempt when it is resumable.
 */
public final class Staging implements AutoCloseable {
  /** Foundry Local does not take a folder with this file for a model. */
  static final String UNFINISHED = "download.tmp";

  private final ModelCache cache;
  private final StagingArea.Slot slot;
  private final String publisher;
  private final String name;
  private boolean isOpen = true;

  private Staging(ModelCache cache, StagingArea.Slot slot, String publisher, String name) {
    this.cache = cache;
    this.slot = slot;
    this.publisher = publisher;
    this.name = name;
  }

  static Staging open(ModelCache cache, StagingArea.Slot slot, String publisher, String name)
      throws IOException {
    boolean isReady = false;
    try {
      Folders.create(slot.files());
      Files.write(slot.files().resolve(UNFINISHED), new byte[0]);
      isReady = true;
      return new Staging(cache, slot, publisher, name);
    } finally {
      if (!isReady) {
        slot.lock().close();
      }
    }
  }

  /** Where to write the model's files; sub-folders are allowed. */
  public Path folder() {
    return slot.files();
  }

  /**
   * Hashes all files, writes the manifest, and puts the model into its place. Older versions of the
   * same name that we made go away afterwards.
   *
   * @param facts the manifest without its files
   */
  public CachedModel commit(Manifest facts, Progress progress) {
    try {
      return commitVerified(facts.withFiles(hashed(progress)));
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder(), e);
    }
  }

  /** The same for files that were hashed and forced to disk while they were written. */
  CachedModel commitVerified(Manifest manifest) {
    if (!isOpen || !manifest.name().equals(name)) {
      throw new IllegalStateException("expected an open staging of '" + manifest.name() + "'");
    }
    try {
      ManifestFile.write(folder(), manifest);
      Files.deleteIfExists(folder().resolve(UNFINISHED));
      Folders.sync(folder());
      Path placed = cache.place(folder(), publisher, name);
      isOpen = false;
      removeEmptySlot();
      return cache.placed(placed, name);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder(), e);
    }
  }

  /** Puts the folder as it is into a place that is free. */
  void moveTo(Path target) throws IOException {
    Files.deleteIfExists(folder().resolve(UNFINISHED));
    Folders.sync(folder());
    Path parent = target.getParent();
    if (parent == null) {
      throw new IllegalArgumentException("expected a place below a cache, found " + target);
    }
    Folders.create(parent);
    Files.move(folder(), target, StandardCopyOption.ATOMIC_MOVE);
    DurableFile.syncFolder(parent);
    isOpen = false;
    removeEmptySlot();
  }

  /** Gives up: nothing is left, also when it was resumable. */
  public void abort() {
    if (isOpen) {
      isOpen = false;
      try {
        StagingArea.remove(slot);
      } catch (IOException e) {
        throw DurableFile.cannotWrite(slot.folder(), e).next("cache prune");
      }
    }
  }

  @Override
  public void close() {
    if (isOpen && slot.isResumable()) {
      isOpen = false;
      slot.lock().close();
    } else {
      abort();
    }
  }

  private void removeEmptySlot() {
    try {
      StagingArea.remove(slot);
    } catch (IOException _) {
      // the model is in its place; the next staging removes the empty folder
    }
  }

  private List<Manifest.FileEntry> hashed(Progress progress) throws IOException {
    List<String> names = new ArrayList<>(Folders.plainFiles(folder()));
    names.removeAll(List.of(UNFINISHED, Manifest.FILE_NAME));
    if (names.isEmpty()) {
      throw Problem.failed("'" + name + "' has no files");
    }
    progress.start("checking files", FileTree.bytes(folder()), Progress.Unit.BYTES);
    List<Manifest.FileEntry> entries = new ArrayList<>();
    for (String file : names) {
      try (FileChannel channel =
          FileChannel.open(
              SafePath.resolve(folder(), name, file),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        entries.add(FileHashes.of(file, channel, progress));
        channel.force(true);
      }
    }
    return entries;
  }
}
