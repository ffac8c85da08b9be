package dev.slm.cache;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * When models were last used: the times of empty files outside of the models, which stay as their
 * manifests say. Worth nothing to fail for, so it never does.
 */
final class UsageMarks {
  private final Path cache;
  private final Path marks;

  UsageMarks(Path cache) {
    this.cache = cache;
    this.marks = cache.resolve(StagingArea.OURS).resolve("used");
  }

  void touch(Path folder) {
    Path mark = mark(folder);
    try {
      Files.createDirectories(marks);
      if (!Files.exists(mark)) {
        Files.write(mark, new byte[0]);
      }
      Files.setLastModifiedTime(mark, FileTime.from(Instant.now()));
    } catch (IOException _) {
      // a read-only cache is a good cache
    }
  }

  Optional<Instant> of(Path folder) {
    try {
      return Optional.of(Files.getLastModifiedTime(mark(folder)).toInstant());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  void forget(Path folder) {
    try {
      Files.deleteIfExists(mark(folder));
    } catch (IOException _) {
      // an old mark is replaced when the name comes back
    }
  }

  private Path mark(Path folder) {
    return marks.resolve(Folders.relative(cache, folder).replace('/', '~'));
  }
}
