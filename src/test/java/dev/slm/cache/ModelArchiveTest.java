package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelArchiveTest {
  @TempDir Path folder;
  private ModelCache source;
  private ModelCache target;
  private Path archive;

  @BeforeEach
  void fill() throws IOException {
    source = ModelCache.at(folder.resolve("source"));
    target = ModelCache.at(folder.resolve("target"));
    archive = folder.resolve("models.tar");
    Models.add(source, "one", Precision.INT4, 1);
    Models.fill(source.root().resolve("custom/tuned"), "tuned-int8", 2);
  }

  @Test
  void whatWasPackedIsUnpackedAndVerifies() {
    ModelArchive.write(archive, source.list(), Progress.NONE);

    List<CachedModel> models = ModelArchive.read(archive, target, Progress.NONE);

    assertThat(models).extracting(CachedModel::name).containsExactly("one-int4", "tuned-int8");
    for (CachedModel model : models) {
      assertThat(target.verify(model, Progress.NONE).isGood()).isTrue();
    }
    assertThat(target.resolve("one").manifest()).isEqualTo(source.resolve("one").manifest());
  }

  @Test
  void unpackingTwiceChangesNothing() {
    ModelArchive.write(archive, source.list(), Progress.NONE);
    List<CachedModel> first = ModelArchive.read(archive, target, Progress.NONE);

    List<CachedModel> second = ModelArchive.read(archive, target, Progress.NONE);

    assertThat(second).isEqualTo(first);
  }

  @Test
  void theArchiveIsATarThatOtherProgramsRead() throws Exception {
    ModelArchive.write(archive, source.list(), Progress.NONE);
    Path unpacked = Files.createDirectory(folder.resolve("unpacked"));

    Process tar =
        new ProcessBuilder("tar", "-xf", archive.toString(), "-C", unpacked.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(tar.waitFor()).as(said).isZero();
    ModelCache cache = ModelCache.at(unpacked);
    assertThat(cache.list())
        .extracting(CachedModel::name)
        .containsExactly("one-int4", "tuned-int8");
    assertThat(cache.verify(cache.resolve("one"), Progress.NONE).isGood()).isTrue();
  }

  @Test
  void everyFlippedBitIsFoundBeforeAnythingAppears() throws IOException {
    ModelArchive.write(archive, List.of(source.resolve("one")), Progress.NONE);
    byte[] good = Files.readAllBytes(archive);
    Random random = new Random(42);

    for (int i = 0; i < 100; i++) {
      byte[] bad = good.clone();
      int at = random.nextInt(good.length - 2 * TarWriter.BLOCK);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(archive, bad);
      try {
        ModelArchive.read(archive, target, Progress.NONE);
        // bits of padding and of tar's own fields, such as the owner, say nothing of a model
        assertThat(target.verify(target.resolve("one"), Progress.NONE).isGood()).isTrue();
        target.remove(target.resolve("one"));
      } catch (Problem expected) {
        assertThat(target.list()).as("bit of byte " + at).isEmpty();
      }
    }
    assertThat(target.temporaryBytes()).isZero();
  }

  @Test
  void anArchiveThatEndsEarlyAddsNothing() throws IOException {
    ModelArchive.write(archive, source.list(), Progress.NONE);
    byte[] good = Files.readAllBytes(archive);

    for (int length : new int[] {0, 100, 512, 2000, good.length / 2, good.length - 2000}) {
      Files.write(archive, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> ModelArchive.read(archive, target, Progress.NONE))
          .as("cut at " + length)
          .isInstanceOf(Problem.class);
      assertThat(target.list()).isEmpty();
    }
  }

  @Test
  void namesThatLeaveTheCacheAreRefused() throws IOException {
    for (String evil : new String[] {"../../x/y/v1", "/etc/x", "a\\b/c", "C:/x", "x/../../y"}) {
      try (OutputStream out = Files.newOutputStream(archive)) {
        TarWriter tar = new TarWriter(out);
        byte[] index =
            "{\"format\": 1, \"models\": [{\"folder\": \"%s\", \"manifestSha256\": \"\"}]}"
                .formatted(evil.replace("\\", "\\\\"))
                .getBytes(StandardCharsets.UTF_8);
        tar.file(ModelArchive.INDEX, index.length);
        tar.write(index, 0, index.length);
        tar.close();
      }
      assertThatThrownBy(() -> ModelArchive.read(archive, target, Progress.NONE))
          .as(evil)
          .isInstanceOf(Problem.class)
          .hasMessageContaining("names the file");
    }
  }

  @Test
  void aRottenModelIsNotPacked() throws IOException {
    CachedModel model = source.resolve("one");
    Path file = model.folder().resolve("model.onnx.data");
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(() -> ModelArchive.write(archive, List.of(model), Progress.NONE))
        .hasMessageContaining("'model.onnx.data' of 'one-int4' has changed");
    assertThat(archive).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files.filter(path -> path.toString().contains("models.tar"))).isEmpty();
    }
  }

  @Test
  void anArchiveIsNeverWrittenOverAFile() throws IOException {
    Files.writeString(archive, "mine");

    assertThatThrownBy(() -> ModelArchive.write(archive, source.list(), Progress.NONE))
        .hasMessageContaining("exists");
    assertThat(archive).hasContent("mine");
  }

  @Test
  void longNamesAndHugeSizesPassThroughTar() throws IOException {
    String name = "publisher/" + "n".repeat(90) + "/v1/" + "f".repeat(90) + "é.bin";
    try (OutputStream out = Files.newOutputStream(archive)) {
      TarWriter tar = new TarWriter(out);
      tar.file(name, 3);
      tar.write(new byte[] {1, 2, 3}, 0, 3);
      tar.file("huge", TarWriter.LARGEST_OCTAL + 1);
    }

    try (InputStream in = Files.newInputStream(archive)) {
      TarReader tar = new TarReader("archive", in);
      assertThat(tar.next()).contains(new TarReader.Entry(name, 3));
      assertThat(tar.readAll(10)).containsExactly(1, 2, 3);
      assertThat(tar.next()).contains(new TarReader.Entry("huge", TarWriter.LARGEST_OCTAL + 1));
    }
  }
}
