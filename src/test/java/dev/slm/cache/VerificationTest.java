package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Progress;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  @TempDir Path folder;

  @Test
  void everyFlippedBitOfEveryFileIsFound() throws IOException {
    ModelCache cache = ModelCache.at(folder);
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    List<Manifest.FileEntry> files = model.manifest().orElseThrow().files();
    Random random = new Random(7);

    for (int i = 0; i < 200; i++) {
      Manifest.FileEntry entry = files.get(i % files.size());
      Path file = model.folder().resolve(entry.path());
      byte[] good = Files.readAllBytes(file);
      byte[] bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);

      assertThat(cache.verify(model, Progress.NONE).faults())
          .containsExactly(new Verification.Fault(entry.path(), OptionalLong.of(0), "has changed"));
      Files.write(file, good);
    }
    assertThat(cache.verify(model, Progress.NONE).isGood()).isTrue();
  }

  @Test
  void theFirstBadPartOfALargeFileIsNamed() throws IOException {
    ModelCache cache = ModelCache.at(folder);
    Manifest facts = Models.facts("big", Precision.INT4);
    CachedModel model;
    try (Staging staging = cache.stage("custom", facts.name())) {
      Files.write(staging.folder().resolve("weights"), new byte[3 * Manifest.PART_BYTES]);
      model = staging.commit(facts, Progress.NONE);
    }
    byte[] bytes = new byte[3 * Manifest.PART_BYTES];
    bytes[Manifest.PART_BYTES + 5] = 1;
    Files.write(model.folder().resolve("weights"), bytes);

    assertThat(cache.verify(model, Progress.NONE).faults())
        .containsExactly(
            new Verification.Fault("weights", OptionalLong.of(Manifest.PART_BYTES), "has changed"));
  }

  @Test
  void missingAndShortFilesAreNamed() throws IOException {
    ModelCache cache = ModelCache.at(folder);
    CachedModel model = Models.add(cache, "a", Precision.INT4, 1);
    Files.delete(model.folder().resolve("model.onnx"));
    Files.write(model.folder().resolve("genai_config.json"), new byte[2]);

    assertThat(cache.verify(model, Progress.NONE).faults())
        .extracting(fault -> fault.file() + " " + fault.what())
        .containsExactly("genai_config.json has 2 bytes, not 52", "model.onnx is missing");
  }

  @Test
  void aModelOfAnotherProgramCannotBeVerified() throws IOException {
    Models.fill(folder.resolve("custom/tuned"), "tuned", 1);
    ModelCache cache = ModelCache.at(folder);

    assertThatThrownBy(() -> cache.verify(cache.resolve("tuned"), Progress.NONE))
        .hasMessageContaining("'tuned' cannot be verified");
  }
}
