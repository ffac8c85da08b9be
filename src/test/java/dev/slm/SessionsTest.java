package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Replays every session of {@code src/test/sessions}; {@code -Dsessions.update} rewrites them. */
class SessionsTest {
  private static final Path FOLDER = Path.of("src/test/sessions");

  @TempDir Path homes;

  @TestFactory
  List<DynamicTest> sessions() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".session"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> replay(file)))
          .toList();
    }
  }

  private void replay(Path file) throws IOException {
    SessionFile expected = SessionFile.parse(Files.readAllLines(file));
    Path home = Files.createTempDirectory(homes, "home");

    SessionFile actual = expected.replay(home);

    if (System.getProperty("sessions.update") != null) {
      Files.write(file, expected.updated(actual));
      return;
    }
    Optional<String> difference = SessionFile.difference(expected, actual);
    assertThat(difference).as(difference.orElse("")).isEmpty();
  }
}
