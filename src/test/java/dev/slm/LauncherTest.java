package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How {@code ./slm} and {@code ./mvnw} find a JDK; the script reads files and starts no JVM. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "slm.cmd looks for itself")
class LauncherTest {
  @TempDir Path folder;

  @Test
  void javaHomeWinsWhenItIsNewEnough() throws Exception {
    Path jdk = jdk("chosen", "25.0.1");

    assertThat(found(Map.of("JAVA_HOME", jdk.toString()))).isEqualTo(jdk.toString());
  }

  @Test
  void aNewerJdkThanNeededIsFine() throws Exception {
    Path jdk = jdk("newer", "26-ea");

    assertThat(found(Map.of("JAVA_HOME", jdk.toString()))).isEqualTo(jdk.toString());
  }

  @Test
  void anOlderJavaHomeIsPassedOverForTheOneOnThePath() throws Exception {
    Path old = jdk("old", "17.0.15");
    Path jdk = jdk("current", "25.0.3");
    Path link = folder.resolve("java");
    Files.createSymbolicLink(link, jdk.resolve("bin/java"));

    String found = found(Map.of("JAVA_HOME", old.toString(), "PATH", folder + ":/usr/bin:/bin"));

    assertThat(found).isEqualTo(jdk.toString());
  }

  @Test
  void aRuntimeWithoutCompilerIsNotAJdk() throws Exception {
    Path runtime = jdk("runtime", "25.0.1");
    Files.delete(runtime.resolve("bin/javac"));

    assertThat(found(Map.of("JAVA_HOME", runtime.toString()))).isNotEqualTo(runtime.toString());
  }

  @Test
  void aHomeFolderIsNotNeeded() throws Exception {
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", "set -u; . .mvn/find-jdk.sh; echo found");
    shell.environment().keySet().removeAll(Set.of("HOME", "JAVA_HOME"));

    assertThat(printed(shell.redirectErrorStream(true))).isEqualTo("found\n");
  }

  private Path jdk(String name, String version) throws IOException {
    Path jdk = folder.toRealPath().resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    for (String tool : new String[] {"java", "javac"}) {
      Path file = Files.writeString(jdk.resolve("bin").resolve(tool), "");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  private static String found(Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", ". .mvn/find-jdk.sh; printf %s \"$JAVA_HOME\"");
    shell.environment().putAll(environment);
    return printed(shell);
  }

  private static String printed(ProcessBuilder shell) throws IOException, InterruptedException {
    Process process = shell.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }
}
