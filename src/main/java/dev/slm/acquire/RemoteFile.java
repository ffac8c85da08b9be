package dev.slm.acquire;

import java.util.Locale;

/**
 * One file of a repository with what the hub publishes to check it by.
 *
 * @param path below the repository, with forward slashes
 * @param sha256 of the content, empty for small files that git keeps itself
 * @param blob git's hash of the content, empty when the hub does not tell
 */
public record RemoteFile(String path, long size, String sha256, String blob) {
  public RemoteFile {
    if (size < 0) {
      throw new IllegalArgumentException("size of '" + path + "' is " + size);
    }
  }

  /** The name without folders. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder with its slash at the end, empty for the repository's root. */
  public String folder() {
    return path.substring(0, path.lastIndexOf('/') + 1);
  }

  boolean endsWith(String ending) {
    return path.toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** What tells this content from another one, as the sidecar of an unfinished download has it. */
  String identity() {
    return size + " " + (sha256.isEmpty() ? "git:" + blob : "sha256:" + sha256);
  }
}
