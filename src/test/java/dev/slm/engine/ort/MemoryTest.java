package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.slm.base.Progress;
import dev.slm.convert.Converter;
import dev.slm.engine.DemoModel;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.profile.Profiles;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tokens and answers cost in memory. */
class MemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int ENDING = 2047;
  private static final GenerationSettings ENDLESS = GenerationSettings.greedy(1_000_000);

  @TempDir private static Path work;
  private static LoadedModel model;

  @BeforeAll
  static void load() {
    model =
        new OrtEngine().load(DemoModel.folder(Precision.INT4), LoadSettings.DEFAULT, Progress.NONE);
  }

  @AfterAll
  static void unload() {
    model.close();
  }

  @Test
  void aTokenAllocatesTheSameFewBytesAtEveryLengthOfTheContext() {
    try (Sequence sequence = model.newSequence()) {
      bytesPerToken(sequence, 50);

      long early = bytesPerToken(sequence, 100);
      long late = bytesPerToken(sequence, 1700);

      // half of one row of logits of this small vocabulary; 1.0 to 1.5 kB were measured
      assertThat(early).isLessThan(4000);
      assertThat(late).isLessThan(early + 500);
    }
  }

  @Test
  void aLargerVocabularyCostsNothingPerToken() throws IOException {
    try (LoadedModel other =
            new OrtEngine().load(small(), LoadSettings.DEFAULT.madeHere(), Progress.NONE);
        Sequence few = other.newSequence();
        Sequence many = model.newSequence()) {
      int[] prompt = new Random(1).ints(100, 0, TinyModel.END_OF_TEXT).toArray();
      int ending = TinyModel.END_OF_TEXT;
      bytesPerToken(few, prompt, ending);
      bytesPerToken(many, 100);

      long bytes = bytesPerToken(many, 100) - bytesPerToken(few, prompt, ending);

      // rows of logits differ by 7,104 bytes; the larger model has two layers more, too
      assertThat(model.vocabularySize() - other.vocabularySize()).isEqualTo(1776);
      assertThat(bytes).isLessThan(2000);
    }
  }

  /** A model with an eighth of the vocabulary. */
  private static Path small() throws IOException {
    Path checkpoint = TinyModel.write("qwen2", work.resolve("checkpoint"));
    Path config = checkpoint.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"max_position_embeddings\" : 64", "\"max_position_embeddings\" : 2048"));
    Path made = Files.createDirectory(work.resolve("small"));
    Family family = Converter.familyOf(checkpoint, Profiles.shipped().families());
    try (Encoder encoder = new Encoder(WeightOptions.of(Precision.FP32), true, 1, Progress.NONE)) {
      Converter.convert(checkpoint, family, encoder, "small", made, Progress.NONE);
    }
    return made;
  }

  @Test
  void samplingAllocatesNothingThatGrowsWithTheVocabulary() {
    GenerationSettings sampled =
        GenerationSettings.DEFAULT
            .withMaxTokens(150)
            .withLogitBias(Map.of(2047, -100.0))
            .withPenalties(1.1, 0.1, 0.1, 4);
    try (Sequence sequence = model.newSequence()) {
      bytesOf(sequence, DemoModel.longPrompt(20), sampled);

      long fixed = bytesOf(sequence, DemoModel.longPrompt(20), sampled.withMaxTokens(1));
      long bytes = bytesOf(sequence, DemoModel.longPrompt(20), sampled);

      assertThat((bytes - fixed) / 149).isLessThan(7000);
    }
  }

  @Test
  void aThousandAnswersLeaveTheMemoryAsItWas() throws IOException {
    assumeThat(Files.exists(STATUS)).as("resident memory is read from /proc").isTrue();
    answers(200);
    long before = residentBytes();

    answers(1000);

    assertThat(residentBytes() - before).isLessThan(12_000_000);
  }

  private static void answers(int count) {
    for (int i = 0; i < count; i++) {
      try (Sequence sequence = model.newSequence()) {
        sequence.generate(
            DemoModel.references().get(8).promptIds(),
            GenerationSettings.greedy(3),
            (_, _) -> true,
            Progress.NONE);
      }
    }
  }

  private static long residentBytes() throws IOException {
    System.gc();
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum();
  }

  private static long bytesPerToken(Sequence sequence, int promptLength) {
    return bytesPerToken(sequence, DemoModel.longPrompt(promptLength), ENDING);
  }

  private static long bytesPerToken(Sequence sequence, int[] prompt, int ending) {
    GenerationSettings endless = ENDLESS.withLogitBias(Map.of(ending, -100.0));
    long fixed = bytesOf(sequence, prompt, endless.withMaxTokens(1));
    return (bytesOf(sequence, prompt, endless.withMaxTokens(101)) - fixed) / 100;
  }

  private static long bytesOf(Sequence sequence, int[] prompt, GenerationSettings settings) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    sequence.generate(prompt, settings, (_, _) -> true, Progress.NONE);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
