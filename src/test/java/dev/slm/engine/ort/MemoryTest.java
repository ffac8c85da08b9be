package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What tokens and answers cost in memory. */
class MemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final GenerationSettings ENDLESS =
      GenerationSettings.greedy(1_000_000).withLogitBias(Map.of(2047, -100.0));

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
    int[] prompt = DemoModel.longPrompt(promptLength);
    long fixed = bytesOf(sequence, prompt, ENDLESS.withMaxTokens(1));
    return (bytesOf(sequence, prompt, ENDLESS.withMaxTokens(101)) - fixed) / 100;
  }

  private static long bytesOf(Sequence sequence, int[] prompt, GenerationSettings settings) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    sequence.generate(prompt, settings, (_, _) -> true, Progress.NONE);
    return threads.getCurrentThreadAllocatedBytes() - before;
  }
}
