package dev.slm.acquire;

import java.util.List;

/**
 * A repository at one commit: what a revision meant at one moment.
 *
 * @param commit 40 hex digits, used for every file
 * @param licence the identifier on the model card, empty when it has none
 */
public record Snapshot(
    Repository repository, String commit, String licence, List<RemoteFile> files) {
  public Snapshot {
    files = List.copyOf(files);
  }

  public long bytes() {
    return files.stream().mapToLong(RemoteFile::size).sum();
  }
}
