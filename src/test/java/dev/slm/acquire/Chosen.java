package dev.slm.acquire;

import java.util.Optional;

/** Every file of a repository. */
final class Chosen {
  private Chosen() {}

  static FileChoice all(Snapshot snapshot) {
    return new FileChoice.Ready("", Optional.empty(), snapshot.files());
  }
}
