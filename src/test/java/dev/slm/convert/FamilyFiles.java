package dev.slm.convert;

import dev.slm.profile.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The families that ship with the product, as tests read them. */
final class FamilyFiles {
  private static final Path FOLDER = Path.of("profiles/families");

  private FamilyFiles() {}

  static Family read(String name) {
    return Family.read(FOLDER.resolve(name + ".json"));
  }

  static List<Family> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().map(Family::read).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
