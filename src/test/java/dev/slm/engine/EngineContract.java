package dev.slm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every engine keeps; each implementation's test extends it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineContract {
  /** People expect an end within half a second; the machine of the tests is shared. */
  private static final long END_MILLIS = 500;

  private LoadedModel model;

  protected EngineContract() {}

  protected abstract Engine engine();

  protected final LoadedModel model() {
    return model;
  }

  @BeforeAll
  final void load() {
    model = engine().load(DemoModel.folder(Precision.FP32), LoadSettings.DEFAULT, Progress.NONE);
  }

  @AfterAll
  final void unload() {
    model.close();
  }

  @Test
  void theModelTellsItsSizes() {
    assertThat(model.engine()).isEqualTo(engine().name());
    assertThat(model.vocabularySize()).isEqualTo(2048);
    assertThat(model.contextLength()).isEqualTo(2048);
    assertThat(model.stopTokens()).contains(2047);
    assertThat(model.weightBytes()).isGreaterThan(10_000_000);
    // two heads of 32 numbers, keys and values of four layers, four bytes each
    assertThat(model.bytesPerToken()).isEqualTo(2 * 32 * 2 * 4 * 4);
  }

  @Test
  void greedyAnswersAreThoseOfTheReference() {
    for (DemoModel.Reference reference : DemoModel.references()) {
      try (Sequence sequence = model.newSequence()) {
        Answered answered = answer(sequence, reference.promptIds(), 200);

        assertThat(answered.ids()).as(reference.prompt()).isEqualTo(reference.greedyIds());
        assertThat(answered.generation().reason()).isEqualTo(FinishReason.STOP);
      }
    }
  }

  @Test
  void anAnswerEndsAtItsLimit() {
    DemoModel.Reference reference = DemoModel.references().getFirst();
    try (Sequence sequence = model.newSequence()) {
      Answered answered = answer(sequence, reference.promptIds(), 5);

      assertThat(answered.ids()).isEqualTo(Arrays.copyOf(reference.greedyIds(), 5));
      assertThat(answered.generation().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(answered.generation().timings().promptTokens()).isEqualTo(9);
      assertThat(answered.generation().timings().answerTokens()).isEqualTo(5);
    }
  }

  @Test
  void anAnswerEndsWhereItsReceiverWants() {
    List<Integer> received = new ArrayList<>();
    try (Sequence sequence = model.newSequence()) {
      Generation generation =
          sequence.generate(
              DemoModel.references().getFirst().promptIds(),
              GenerationSettings.greedy(50),
              (token, _) -> received.add(token) && received.size() < 3,
              Progress.NONE);

      assertThat(received).hasSize(3);
      assertThat(generation.reason()).isEqualTo(FinishReason.STOP);
    }
  }

  @Test
  void aNewTurnComputesOnlyItsNewTokensAndAnswersTheSame() {
    DemoModel.Reference first = DemoModel.references().get(0);
    DemoModel.Reference second = DemoModel.references().get(1);
    int[] conversation =
        join(first.promptIds(), first.greedyIds(), new int[] {2047, 198}, second.promptIds());
    Answered fresh;
    try (Sequence sequence = model.newSequence()) {
      fresh = answer(sequence, conversation, 40);
    }

    try (Sequence sequence = model.newSequence()) {
      answer(sequence, first.promptIds(), 40);
      Answered continued = answer(sequence, conversation, 40);

      assertThat(continued.ids()).isEqualTo(fresh.ids());
      assertThat(continued.generation().timings().cachedTokens())
          .isGreaterThanOrEqualTo(first.promptIds().length + first.greedyIds().length - 1);
    }
  }

  @Test
  void anEditedTurnIsComputedFromTheEditOn() {
    DemoModel.Reference first = DemoModel.references().get(0);
    DemoModel.Reference second = DemoModel.references().get(1);
    try (Sequence sequence = model.newSequence()) {
      answer(sequence, first.promptIds(), 40);

      Answered edited = answer(sequence, second.promptIds(), 40);
      Answered again = answer(sequence, second.promptIds(), 40);

      assertThat(edited.ids()).isEqualTo(second.greedyIds());
      assertThat(again.ids()).isEqualTo(second.greedyIds());
      assertThat(again.generation().timings().cachedTokens())
          .isEqualTo(second.promptIds().length - 1);
    }
  }

  @Test
  void aPromptThatCannotBeAnsweredIsRefused() {
    try (Sequence sequence = model.newSequence()) {
      assertRefused(sequence, new int[0], "the prompt is empty");
      assertRefused(sequence, new int[] {2048}, "the prompt has a token 2048");
      assertRefused(sequence, new int[] {-1}, "the prompt has a token -1");
      assertRefused(sequence, new int[2048], "the prompt has 2048 tokens");
    }
  }

  @Test
  void cancellingEndsThePromptSoon() {
    try (Sequence sequence = model.newSequence()) {
      CancelAfter progress = new CancelAfter(1);

      Generation generation =
          sequence.generate(
              DemoModel.longPrompt(2000), GenerationSettings.greedy(10), (_, _) -> true, progress);

      assertThat(generation.reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(progress.millisSince()).isLessThan(END_MILLIS);
      assertThat(answer(sequence, DemoModel.references().get(3).promptIds(), 99).ids())
          .isEqualTo(DemoModel.references().get(3).greedyIds());
    }
  }

  @Test
  void cancellingEndsTheAnswerSoon() {
    try (Sequence sequence = model.newSequence()) {
      CancelAfter progress = new CancelAfter(Integer.MAX_VALUE);
      List<Integer> received = new ArrayList<>();

      Generation generation =
          sequence.generate(
              DemoModel.references().get(1).promptIds(),
              GenerationSettings.greedy(100),
              (token, _) -> {
                received.add(token);
                if (received.size() == 4) {
                  progress.cancel();
                }
                return true;
              },
              progress);

      assertThat(generation.reason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(received).hasSize(4);
      assertThat(progress.millisSince()).isLessThan(END_MILLIS);
    }
  }

  @Test
  void aClosedModelSaysSo() {
    LoadedModel other =
        engine().load(DemoModel.folder(Precision.FP32), LoadSettings.DEFAULT, Progress.NONE);
    Sequence sequence = other.newSequence();

    other.close();
    other.close();
    sequence.close();

    assertThatThrownBy(other::newSequence).hasMessageContaining("was unloaded");
    assertThatThrownBy(() -> answer(sequence, new int[] {1}, 1))
        .hasMessageContaining("was unloaded");
  }

  private static void assertRefused(Sequence sequence, int[] prompt, String what) {
    assertThatThrownBy(() -> answer(sequence, prompt, 1))
        .isInstanceOf(Problem.class)
        .hasMessageContaining(what);
  }

  /** An answer's tokens and how it ended. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, only read
  protected record Answered(int[] ids, Generation generation) {}

  protected static Answered answer(Sequence sequence, int[] prompt, int maxTokens) {
    return answer(sequence, prompt, GenerationSettings.greedy(maxTokens));
  }

  protected static Answered answer(Sequence sequence, int[] prompt, GenerationSettings settings) {
    IntStream.Builder ids = IntStream.builder();
    Generation generation =
        sequence.generate(prompt, settings, Sequence.Tokens.of(ids::add), Progress.NONE);
    return new Answered(ids.build().toArray(), generation);
  }

  protected static int[] join(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  /** Wants an end after some steps of progress, and knows when that was. */
  private static final class CancelAfter implements Progress {
    private final int steps;
    private int seen;
    private volatile long cancelledAt;

    CancelAfter(int steps) {
      this.steps = steps;
    }

    void cancel() {
      cancelledAt = System.nanoTime();
    }

    long millisSince() {
      return (System.nanoTime() - cancelledAt) / 1_000_000;
    }

    @Override
    public void advance(long amount) {
      seen++;
      if (amount > 0 && seen >= steps && cancelledAt == 0) {
        cancel();
      }
    }

    @Override
    public boolean isCancelled() {
      return cancelledAt != 0;
    }
  }
}
