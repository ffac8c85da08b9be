package dev.slm.engine.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the system says of a folder's files: sizes, numbers, and when each was changed last, which
 * nobody can set. While it is the same, files need not be hashed again: a program that just started
 * hashes 20 MB in a second.
 */
final class Seal {
  /** A file could change once more within the same tick of the system's clock. */
  private static final Duration TICK = Duration.ofSeconds(2);

  private static final String ATTRIBUTES = "unix:size,ino,dev,lastModifiedTime,ctime";

  private static final Remembered KEPT = Remembered.of("seals");

  private final String name;
  private final String text;

  private Seal(String name, String text) {
    this.name = name;
    this.text = text;
  }

  /**
   * The seal of some files of a folder; none where the system does not tell, or one has changed
   * just now.
   */
  static Optional<Seal> of(Path folder, List<String> files, Instant now) {
    Path place = folder.toAbsolutePath().normalize();
    StringBuilder text = new StringBuilder().append(place).append('\n');
    try {
      for (String file : files) {
        Map<String, Object> found = Files.readAttributes(place.resolve(file), ATTRIBUTES);
        boolean isSettled =
            found.get("ctime") instanceof FileTime changed
                && changed.toInstant().plus(TICK).isBefore(now);
        if (!isSettled) {
          return Optional.empty();
        }
        text.append(file);
        for (String attribute : List.of("size", "ino", "dev", "lastModifiedTime", "ctime")) {
          text.append(' ').append(found.get(attribute));
        }
        text.append('\n');
      }
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return Optional.empty();
    }
    return Optional.of(new Seal(Integer.toHexString(place.hashCode()), text.toString()));
  }

  /** Whether it is the one that was kept for this folder. */
  boolean isUnbroken() {
    return KEPT.read(name).filter(text::equals).isPresent();
  }

  void keep() {
    KEPT.write(name, text);
  }
}
