package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./slm} does before Java runs; builder and JDK are scripts that write what they do.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "slm.cmd looks for itself")
class FirstStartTest {
  private static final String BUILDER =
      """
      #!/bin/sh
      echo build >>events
      sleep "${BUILD_SECONDS-0}"
      [ -z "${BUILD_FAILS-}" ] || { echo '[ERROR] no network'; : >target/slm/slm.jar; exit 1; }
      mkdir -p target/slm/natives && : >target/slm/slm.jar
      """;
  private static final String JAVA =
      """
      #!/bin/sh
      for word; do
        case "$word" in -XX:AOTCacheOutput=*) echo train >>"$EVENTS"; echo aot >"${word#*=}"; exit ;; esac
      done
      while [ "$1" != -jar ]; do shift; done
      shift 2
      echo "runs: $*"
      """;

  private record Started(int status, String said) {}

  @TempDir Path folder;
  private Path clone;

  @BeforeEach
  void makeClone() throws IOException {
    clone = Files.createDirectories(folder.toRealPath().resolve("a clone"));
    program("slm", Files.readString(Path.of("slm")));
    program("mvnw", BUILDER);
    program("jdk/bin/java", JAVA);
    Files.writeString(clone.resolve("jdk/release"), "JAVA_RUNTIME_VERSION=\"25\"\n");
    write(".mvn/find-jdk.sh", "JAVA_HOME=$home/jdk\n");
    write("pom.xml", "");
    write("src/main/Kept.java", "");
    write("src/main/Gone.java", "");
  }

  @Test
  void theFirstStartBuildsAndTheNextOneDoesNot() throws Exception {
    assertThat(start("cache", "ls").said())
        .isEqualTo(
            """
            slm: building, about a minute on the first start …
            slm: preparing fast starts, once, a few seconds …
            runs: cache ls
            """);

    assertThat(start("status").said()).isEqualTo("runs: status\n");
  }

  @Test
  void twoStartsAtOnceBuildOnceAndBothRun() throws Exception {
    Process first = process("BUILD_SECONDS=2", "one").start();
    Process second = process("BUILD_SECONDS=2", "two").start();

    assertThat(ended(first).said()).endsWith("runs: one\n");
    assertThat(ended(second).said()).endsWith("runs: two\n");
    assertThat(clone.resolve("events")).hasContent("build\ntrain\n");
    assertThat(clone.resolve("target")).isDirectoryNotContaining("glob:**/building");
  }

  @Test
  void aBuildThatFailedIsDoneAgain() throws Exception {
    Started failed = ended(process("BUILD_FAILS=yes", "status").start());

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.said())
        .contains("[ERROR] no network\nslm: the build failed; everything it said is in '");
    assertThat(start("status").said()).contains("building").endsWith("runs: status\n");
  }

  @Test
  void halfOfABuildAndTheLockOfADeadOneDoNotMatter() throws Exception {
    write("target/slm/slm.jar", "half");
    write("target/building", "999999999\n");

    assertThat(start("status").said()).contains("building").endsWith("runs: status\n");
  }

  @Test
  void changedAndRemovedSourcesAreBuiltAgain() throws Exception {
    start("status");
    long built = Files.getLastModifiedTime(clone.resolve("target/slm/slm.jar")).toMillis();
    FileTime later = FileTime.from(Instant.ofEpochMilli(built + 1000));

    Files.setLastModifiedTime(clone.resolve("src/main/Kept.java"), later);
    assertThat(start("status").said()).contains("building");

    Files.setLastModifiedTime(clone.resolve("src/main/Kept.java"), FileTime.fromMillis(0));
    Files.delete(clone.resolve("src/main/Gone.java"));
    Files.setLastModifiedTime(clone.resolve("src/main"), later);
    assertThat(start("status").said()).contains("building");
  }

  @Test
  void aLinkFromAnywhereStartsTheClone() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("slm"), clone.resolve("slm"));
    ProcessBuilder linked = process("", "status");
    linked.command(link.toString(), "status").directory(folder.toFile());

    assertThat(ended(linked.start()).said()).endsWith("runs: status\n");
  }

  @Test
  void withoutAJdkOneLineSaysWhatToInstall() throws Exception {
    write(".mvn/find-jdk.sh", "return 1\n");

    Started started = start("status");

    assertThat(started.status()).isEqualTo(69);
    assertThat(started.said()).startsWith("slm: needs a JDK 25 or newer").hasLineCount(1);
  }

  private void program(String name, String text) throws IOException {
    write(name, text);
    Files.setPosixFilePermissions(
        clone.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void write(String name, String text) throws IOException {
    Path file = clone.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Started start(String... words) throws IOException, InterruptedException {
    return ended(process("", words).start());
  }

  private ProcessBuilder process(String setting, String... words) {
    List<String> command = new ArrayList<>(List.of(clone.resolve("slm").toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("EVENTS", clone.resolve("events").toString());
    if (!setting.isEmpty()) {
      String[] pair = setting.split("=", 2);
      builder.environment().put(pair[0], pair[1]);
    }
    return builder;
  }

  private static Started ended(Process process) throws IOException, InterruptedException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Started(process.waitFor(), said);
  }
}
