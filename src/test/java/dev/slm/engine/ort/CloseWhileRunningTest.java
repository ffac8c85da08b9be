package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * Closing a session that runs ends the process inside of onnxruntime. So these tests fail by their
 * own death when the order of cancelling, waiting and closing is wrong.
 */
class CloseWhileRunningTest {
  /** Two sequences each. */
  private static final int ROUNDS = 250;

  private static final int SEED = 20261121;

  /** Runs until somebody ends it: the end of an answer is forbidden. */
  private static final GenerationSettings ENDLESS =
      GenerationSettings.greedy(1_000_000).withLogitBias(Map.of(2047, -100.0));

  @Test
  void fiveHundredClosesSwitchesAndUnloadsDuringGenerationLeaveTheProcessAlive() throws Exception {
    Random random = new Random(SEED);
    LoadedModel model = load(Precision.INT4);
    int cancelled = 0;
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int round = 0; round < ROUNDS; round++) {
        Sequence sequence = model.newSequence();
        Sequence bystander = model.newSequence();
        CompletableFuture<FinishReason> running = start(sequence, random, threads);
        CompletableFuture<FinishReason> beside = start(bystander, random, threads);
        switch (random.nextInt(20)) {
          case 0 -> {
            model.close();
            model = load(Precision.INT4);
          }
          case 1 -> {
            LoadedModel next = load(Precision.INT4);
            model.close();
            model = next;
          }
          default -> {
            sequence.close();
            bystander.close();
          }
        }
        cancelled += running.get() == FinishReason.CANCELLED ? 1 : 0;
        cancelled += beside.get() == FinishReason.CANCELLED ? 1 : 0;
      }
    }
    model.close();

    assertThat(cancelled).as("seed %d", SEED).isGreaterThan(2 * ROUNDS * 9 / 10);
  }

  @Test
  void aReceiverMayCloseSequenceAndModelItself() {
    LoadedModel model = load(Precision.INT4);
    Sequence sequence = model.newSequence();

    FinishReason reason =
        sequence
            .generate(
                new int[] {1},
                ENDLESS,
                (_, _) -> {
                  sequence.close();
                  model.close();
                  return true;
                },
                Progress.NONE)
            .reason();

    assertThat(reason).isEqualTo(FinishReason.CANCELLED);
  }

  /** Begins an answer and returns when it is somewhere in its prompt or its tokens. */
  private static CompletableFuture<FinishReason> start(
      Sequence sequence, Random random, ExecutorService threads) throws InterruptedException {
    int[] prompt = DemoModel.longPrompt(1 + random.nextInt(100));
    int tokens = random.nextInt(6);
    CountDownLatch isRunning = new CountDownLatch(tokens + 1);
    CompletableFuture<FinishReason> reason =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                isRunning.countDown();
                return sequence
                    .generate(
                        prompt,
                        ENDLESS,
                        (_, _) -> {
                          isRunning.countDown();
                          return true;
                        },
                        Progress.NONE)
                    .reason();
              } catch (Problem e) {
                // closed before it began
                isRunning.countDown();
                return FinishReason.CANCELLED;
              }
            },
            threads);
    isRunning.await();
    return reason;
  }

  private static LoadedModel load(Precision precision) {
    return new OrtEngine().load(DemoModel.folder(precision), LoadSettings.DEFAULT, Progress.NONE);
  }
}
