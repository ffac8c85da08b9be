package dev.slm.prepare;

import dev.slm.acquire.FileChoice;
import dev.slm.acquire.RemoteFile;
import dev.slm.acquire.Snapshot;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.util.List;
import java.util.Optional;

/** What a download will bring, decided before the first byte of a file. */
public final class DownloadPlan {
  private final Order order;
  private final Snapshot snapshot;
  private final FileChoice choice;

  DownloadPlan(Order order, Snapshot snapshot, FileChoice choice) {
    this.order = order;
    this.snapshot = snapshot;
    this.choice = choice;
  }

  /** A file of the hub. */
  public record PlannedFile(String path, long bytes) {}

  Order order() {
    return order;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  FileChoice choice() {
    return choice;
  }

  public String repository() {
    return snapshot.repository().id();
  }

  /** What the revision means now. */
  public String commit() {
    return snapshot.commit();
  }

  public List<PlannedFile> files() {
    return choice.files().stream().map(DownloadPlan::planned).toList();
  }

  private static PlannedFile planned(RemoteFile file) {
    return new PlannedFile(file.path(), file.size());
  }

  public long bytes() {
    return choice.bytes();
  }

  /** Whether the files run as they are. */
  public boolean isReady() {
    return choice instanceof FileChoice.Ready;
  }

  /** Whether a checkpoint is turned into a runnable model after the download. */
  public boolean isConverted() {
    return !isReady() && !order.isRaw();
  }

  /** What the files are called in the cache when they are there. */
  String cachedName() {
    return isReady() ? order.modelName(precision()) : order.checkpointName();
  }

  Optional<Precision> precision() {
    return choice instanceof FileChoice.Ready ready ? ready.precision() : order.precision();
  }

  Manifest.Kind kind() {
    return isReady() ? Manifest.Kind.MODEL : Manifest.Kind.CHECKPOINT;
  }

  String licence() {
    return order.licence().isEmpty() ? snapshot.licence() : order.licence();
  }
}
