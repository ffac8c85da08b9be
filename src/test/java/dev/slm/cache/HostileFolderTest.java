package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders that were made to do harm, and caches in odd places. */
class HostileFolderTest {
  @TempDir Path folder;

  /** Puts one hostile entry into a folder. */
  @FunctionalInterface
  private interface Trap {
    void set(Path folder) throws IOException, InterruptedException;
  }

  @Test
  void whateverIsNotAPlainFileOfItsOwnIsRefusedByName() throws Exception {
    Path outside = Files.writeString(folder.resolve("outside"), "secret");
    Files.createDirectories(folder.resolve("outer"));

    refuses("link", at -> Files.createSymbolicLink(at.resolve("link"), outside));
    refuses("loop", at -> Files.createSymbolicLink(at.resolve("loop"), at));
    refuses("dangling", at -> Files.createSymbolicLink(at.resolve("dangling"), Path.of("none")));
    refuses("outer", at -> Files.createSymbolicLink(at.resolve("outer"), folder.resolve("outer")));
    refuses("hard", at -> Files.createLink(at.resolve("hard"), outside));
    refuses("pipe", at -> run("mkfifo", at.resolve("pipe").toString()));
    refuses("deep/link", at -> deepLink(at, outside));
    refuses("con.txt", at -> Files.writeString(at.resolve("con.txt"), "x"));
    refuses("dot.", at -> Files.writeString(at.resolve("dot."), "x"));
    refuses("back\\slash", at -> Files.writeString(at.resolve("back\\slash"), "x"));
    refuses("colon:x", at -> Files.writeString(at.resolve("colon:x"), "x"));
  }

  @Test
  void aSocketIsRefused() throws Exception {
    Path place = Files.createTempDirectory("slm");
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(place.resolve("socket")));

      assertThatThrownBy(() -> Folders.plainFiles(place)).hasMessageContaining("'socket'");
    } finally {
      Files.deleteIfExists(place.resolve("socket"));
      Files.delete(place);
    }
  }

  @Test
  void cachesWorkInPlacesWithOddNames() throws IOException {
    for (String name :
        new String[] {"with spaces", "ünïcödé 模型", "quote's \"x\"", "x".repeat(200)}) {
      ModelCache cache = ModelCache.at(folder.resolve(name));

      Models.add(cache, "a", Precision.INT4, 1);

      assertThat(cache.verify(cache.resolve("a"), Progress.NONE).isGood()).as(name).isTrue();
      cache.remove(cache.resolve("a"));
    }
  }

  @Test
  void aCacheThatIsAFileOrBelowOneIsOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");

    for (Path place : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> ModelCache.at(place).stage("custom", "a"))
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> assertThat(problem.getMessage()).startsWith("cannot write '" + place));
    }
  }

  @Test
  void aReadOnlyCacheIsReadAndSaysWhenItCannotBeWritten() throws IOException {
    ModelCache cache = ModelCache.at(folder.resolve("cache"));
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    Path publisher = cache.root().resolve("Qwen/a-int4");
    Files.setPosixFilePermissions(publisher, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      cache.touch(model);
      assertThat(cache.resolve("a").name()).isEqualTo("a-int4");
      if (!Files.isWritable(publisher)) { // the administrator may write everywhere
        assertThatThrownBy(() -> cache.remove(model)).isInstanceOf(Problem.class);
        assertThat(cache.list()).hasSize(1);
      }
    } finally {
      Files.setPosixFilePermissions(publisher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aManifestThatNamesFilesOutsideIsDamageAndNothingIsOpened() throws IOException {
    ModelCache cache = ModelCache.at(folder.resolve("cache"));
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    Path manifest = model.folder().resolve(Manifest.FILE_NAME);
    String json = Files.readString(manifest);

    for (String evil : new String[] {"../../../x", "/etc/passwd", "a/../../b", "nul"}) {
      Files.writeString(manifest, json.replace("\"model.onnx\"", "\"" + evil + "\""));

      assertThat(cache.list().getFirst().state()).isEqualTo(CachedModel.State.DAMAGED);
      assertThatThrownBy(() -> cache.verify(cache.list().getFirst(), Progress.NONE))
          .isInstanceOf(Problem.class)
          .hasMessageContaining(evil);
    }
  }

  private void refuses(String name, Trap trap) throws Exception {
    ModelCache cache = ModelCache.at(folder.resolve("cache"));
    Manifest facts = Models.facts("trap", Precision.INT4);
    try (Staging staging = cache.stage("custom", facts.name())) {
      Models.fill(staging.folder(), facts.name(), 1);
      trap.set(staging.folder());
      assertThatThrownBy(() -> staging.commit(facts, Progress.NONE))
          .as(name)
          .isInstanceOf(Problem.class)
          .hasMessageContaining("'" + name + "'");
    }
    assertThat(cache.list()).isEmpty();
    assertThat(cache.temporaryBytes()).isZero();
  }

  private static void deepLink(Path folder, Path outside) throws IOException {
    Files.createDirectory(folder.resolve("deep"));
    Files.createSymbolicLink(folder.resolve("deep/link"), outside);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
  }
}
