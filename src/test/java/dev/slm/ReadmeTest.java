package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The front page cannot lie: its sessions are replayed, its files exist. */
class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final String FENCE = "```";

  @TempDir Path homes;

  /** All sessions of the page are one visit, in one home. */
  @TestFactory
  List<DynamicTest> sessions() throws IOException {
    Path home = Files.createTempDirectory(homes, "home");
    List<DynamicTest> tests = new ArrayList<>();
    for (List<String> block : blocks("session")) {
      tests.add(DynamicTest.dynamicTest(block.getFirst(), () -> replay(block, home)));
    }
    assertThat(tests).isNotEmpty();
    return tests;
  }

  @Test
  void everyLinkLeadsToAFile() throws IOException {
    List<String> missing =
        Files.readAllLines(README).stream()
            .flatMap(line -> Pattern.compile("]\\(([^)#:]+)\\)").matcher(line).results())
            .map(link -> link.group(1))
            .filter(link -> !Files.exists(Path.of(link)))
            .toList();

    assertThat(missing).isEmpty();
  }

  /** What people look up is what the program says, word for word. */
  @Test
  void everyMessageWithARemedyIsOneThatTheProgramSays() throws IOException {
    StringBuilder program = new StringBuilder(Files.readString(Path.of("slm")));
    for (String folder : List.of("src/main/java", "src/test/sessions")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          program.append(Files.readString(file));
        }
      }
    }
    String said = program.toString();
    String readme = Files.readString(README);
    String section = readme.split("\n## When it says …\n", 2)[1].split("\n## ", 2)[0];

    List<String> parts =
        Pattern.compile("^\\| `([^`]+)`", Pattern.MULTILINE)
            .matcher(section)
            .results()
            .flatMap(row -> Stream.of(row.group(1).split("'?…'?")))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();

    assertThat(parts).hasSizeGreaterThan(4);
    assertThat(parts).filteredOn(part -> !said.contains(part)).isEmpty();
  }

  private static void replay(List<String> block, Path home) throws IOException {
    SessionFile expected = SessionFile.parse(block.stream().map(ReadmeTest::masked).toList());

    Optional<String> difference = SessionFile.difference(expected, expected.replay(home));

    assertThat(difference).as(difference.orElse("")).isEmpty();
  }

  /** The page shows real figures; a replay has its own. */
  private static String masked(String line) {
    if (!line.startsWith("! ")) {
      return line;
    }
    return line.replaceAll("\\d[\\d.]* (ms|s|min)\\b", "{ms}")
        .replaceAll("\\d[\\d.]* [kMG]?B\\b", "{size}")
        .replaceAll("\\d[\\d,]*/s", "{text}/s");
  }

  private static List<List<String>> blocks(String language) throws IOException {
    List<List<String>> blocks = new ArrayList<>();
    List<String> open = null;
    for (String line : Files.readAllLines(README)) {
      if (open != null && line.equals(FENCE)) {
        blocks.add(open);
        open = null;
      } else if (open != null) {
        open.add(line);
      } else if (line.equals(FENCE + language)) {
        open = new ArrayList<>();
      }
    }
    return blocks;
  }
}
