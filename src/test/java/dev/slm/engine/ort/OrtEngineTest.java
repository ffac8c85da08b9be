package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.Engine;
import dev.slm.engine.EngineContract;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Logprobs;
import dev.slm.engine.Sequence;
import dev.slm.engine.TokenMask;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtEngineTest extends EngineContract {
  /** The end of an answer is forbidden, so that it runs into the other limits. */
  private static final GenerationSettings ENDLESS =
      GenerationSettings.greedy(1_000_000).withLogitBias(Map.of(2047, -100.0));

  @Override
  protected Engine engine() {
    return new OrtEngine();
  }

  @Test
  void theCacheGrowsWithTheConversationAndTheAnswerEndsWithTheContext() {
    int[] prompt = DemoModel.longPrompt(1500);
    try (Sequence sequence = model().newSequence()) {
      assertThat(sequence.memory()).isZero();
      answer(sequence, new int[] {1, 2, 3}, 1);
      assertThat(sequence.memory()).isEqualTo(256 * model().bytesPerToken());

      Answered answered = answer(sequence, prompt, ENDLESS);

      assertThat(answered.generation().reason()).isEqualTo(FinishReason.CONTEXT);
      assertThat(answered.ids()).hasSize(2048 - 1500);
      assertThat(sequence.memory()).isEqualTo(2048 * model().bytesPerToken());
    }
  }

  @Test
  void aCacheThatGrewInStepsHoldsWhatOneLargeCacheHolds() {
    int[] ids = DemoModel.longPrompt(1200);
    List<float[]> grown = new ArrayList<>();
    List<float[]> large = new ArrayList<>();

    try (Sequence sequence = model().newSequence()) {
      // borders of growth are at 256, 512 and 1024 tokens
      for (int end : new int[] {100, 255, 256, 257, 511, 513, 1023, 1025, 1200}) {
        grown.add(lastLogits(sequence, Arrays.copyOf(ids, end)));
      }
    }
    for (int end : new int[] {100, 255, 256, 257, 511, 513, 1023, 1025, 1200}) {
      try (Sequence sequence = model().newSequence()) {
        large.add(lastLogits(sequence, Arrays.copyOf(ids, end)));
      }
    }

    for (int i = 0; i < grown.size(); i++) {
      assertThat(grown.get(i)).as("end %d", i).containsExactly(large.get(i), Offset.offset(1e-3f));
    }
  }

  @Test
  void scoresAreTheLogitsAfterEachPosition() {
    int[] ids = DemoModel.longPrompt(300);
    List<float[]> rows = new ArrayList<>();
    try (Sequence sequence = model().newSequence();
        Sequence other = model().newSequence()) {
      sequence.score(
          ids,
          (position, row) -> {
            assertThat(position).isEqualTo(rows.size());
            rows.add(row.clone());
          },
          Progress.NONE);

      assertThat(rows).hasSize(300);
      for (int position : new int[] {0, 17, 255, 256, 299}) {
        assertThat(rows.get(position))
            .containsExactly(
                lastLogits(other, Arrays.copyOf(ids, position + 1)), Offset.offset(1e-3f));
      }
    }
  }

  @Test
  void logprobsComeWithTheTokens() {
    List<Logprobs> all = new ArrayList<>();
    try (Sequence sequence = model().newSequence()) {
      sequence.generate(
          DemoModel.references().getFirst().promptIds(),
          GenerationSettings.greedy(3).withLogprobs(2),
          (_, logprobs) -> logprobs != null && all.add(logprobs),
          Progress.NONE);
    }

    // reference.json: logits 16.4638 and 9.0122, logsumexp 16.4651
    assertThat(all).hasSize(3);
    assertThat(all.getFirst().chosen()).isCloseTo(16.4638 - 16.4651, Offset.offset(1e-3));
    assertThat(all.getFirst().top().get(1).token()).isEqualTo(1797);
    assertThat(all.getFirst().top().get(1).logprob())
        .isCloseTo(9.0122 - 16.4651, Offset.offset(1e-3));
  }

  @Test
  void aMaskSteersTheAnswer() {
    OnlyEven mask = new OnlyEven();
    List<Integer> received = new ArrayList<>();
    try (Sequence sequence = model().newSequence()) {
      sequence.generate(
          DemoModel.references().get(2).promptIds(),
          GenerationSettings.DEFAULT.withMaxTokens(30).withSeed(3),
          mask,
          Sequence.Tokens.of(received::add),
          Progress.NONE);
    }

    assertThat(received).isNotEmpty().allMatch(token -> token % 2 == 0).isEqualTo(mask.accepted);
  }

  @Test
  void aSeedGivesTheSameAnswer() {
    GenerationSettings settings =
        GenerationSettings.DEFAULT.withTemperature(5).withTopK(0).withMaxTokens(40);
    int[] prompt = DemoModel.references().get(2).promptIds();

    try (Sequence one = model().newSequence();
        Sequence two = model().newSequence()) {
      int[] first = answer(one, prompt, settings.withSeed(11)).ids();

      assertThat(answer(two, prompt, settings.withSeed(11)).ids()).isEqualTo(first);
      assertThat(answer(two, prompt, settings.withSeed(12)).ids()).isNotEqualTo(first);
    }
  }

  @Test
  void aSavedCacheContinuesWithoutComputing(@TempDir Path folder) {
    Path file = folder.resolve("talk.kv");
    int[] prompt = DemoModel.longPrompt(700);
    Answered before;
    try (Sequence sequence = model().newSequence()) {
      before = answer(sequence, prompt, 20);
      sequence.save(file);
    }

    try (Sequence restored = model().restore(file)) {
      Answered after = answer(restored, prompt, 20);

      assertThat(after.ids()).isEqualTo(before.ids());
      assertThat(after.generation().timings().cachedTokens()).isEqualTo(699);
    }
    assertThat(folder).isDirectoryContaining(f -> f.equals(file));
  }

  @Test
  void damagedAndForeignCachesAreRefused(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("talk.kv");
    try (Sequence sequence = model().newSequence()) {
      answer(sequence, DemoModel.longPrompt(40), 3);
      sequence.save(file);
    }
    byte[] good = Files.readAllBytes(file);

    assertRefused(folder, Arrays.copyOf(good, good.length - 1), "is damaged");
    assertRefused(folder, Arrays.copyOf(good, good.length + 1), "is damaged");
    assertRefused(folder, Arrays.copyOf(good, 20), "is not a saved conversation cache");
    assertRefused(folder, new byte[0], "is not a saved conversation cache");
    assertRefused(folder, flipped(good, 5000), "is damaged");
    assertRefused(folder, flipped(good, 0), "is not a saved conversation cache");
    assertRefused(folder, flipped(good, 12), "was saved with another model");
    assertRefused(folder, flipped(good, 50), "tokens");
    try (LoadedModel other =
        new OrtEngine()
            .load(DemoModel.folder(Precision.INT4), LoadSettings.DEFAULT, Progress.NONE)) {
      assertThatThrownBy(() -> other.restore(file)).hasMessageContaining("another model");
    }
  }

  @Test
  void aVirtualThreadMayGenerate() throws InterruptedException {
    DemoModel.Reference reference = DemoModel.references().get(4);
    List<int[]> answers = new ArrayList<>();

    Thread.ofVirtual()
        .start(
            () -> {
              try (Sequence sequence = model().newSequence()) {
                answers.add(answer(sequence, reference.promptIds(), 99).ids());
              }
            })
        .join();

    assertThat(answers).containsExactly(reference.greedyIds());
  }

  @Test
  void anInterruptEndsTheAnswer() throws InterruptedException {
    List<FinishReason> reasons = new ArrayList<>();
    for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
      Thread thread = builder.unstarted(() -> reasons.add(interruptedAnswer()));
      thread.start();
      thread.join(10_000);
    }

    assertThat(reasons).containsExactly(FinishReason.CANCELLED, FinishReason.CANCELLED);
  }

  private FinishReason interruptedAnswer() {
    Thread caller = Thread.currentThread();
    try (Sequence sequence = model().newSequence()) {
      return sequence
          .generate(
              new int[] {5, 6},
              ENDLESS,
              (_, _) -> {
                caller.interrupt();
                return true;
              },
              Progress.NONE)
          .reason();
    }
  }

  private void assertRefused(Path folder, byte[] bytes, String reason) throws IOException {
    Path file = folder.resolve("bad.kv");
    Files.write(file, bytes);

    assertThatThrownBy(() -> model().restore(file))
        .isInstanceOf(Problem.class)
        .hasMessageContaining(reason)
        .hasMessageContaining(file.toString());
  }

  private static byte[] flipped(byte[] bytes, int index) {
    byte[] copy = bytes.clone();
    copy[index] ^= 0x40;
    return copy;
  }

  /** The logits after the last id, through the path that answers take. */
  private static float[] lastLogits(Sequence sequence, int[] ids) {
    float[][] last = new float[1][];
    sequence.generate(
        ids, GenerationSettings.greedy(1), capture(last, sequence), (_, _) -> false, Progress.NONE);
    return last[0];
  }

  private static TokenMask capture(float[][] last, Sequence sequence) {
    return new TokenMask() {
      @Override
      public long @Nullable [] allowed() {
        last[0] = ((OrtSequence) sequence).decoder().logits().clone();
        return null;
      }

      @Override
      public void accept(int token) {}
    };
  }

  private static final class OnlyEven implements TokenMask {
    private final List<Integer> accepted = new ArrayList<>();

    @Override
    public long[] allowed() {
      long[] even = new long[2048 / 64];
      Arrays.fill(even, 0x5555_5555_5555_5555L);
      return even;
    }

    @Override
    public void accept(int token) {
      accepted.add(token);
    }
  }
}
