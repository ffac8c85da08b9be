package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.onnxruntime.OrtEnvironment;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Precision;
import dev.slm.testing.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sessions share the threads of the process's environment, and those sleep when nobody asks. */
class SharedThreadsTest {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final DemoModel.Reference CASE = DemoModel.references().getFirst();

  /** A process in which somebody else made the environment, without threads to share. */
  static final class StrangersEnvironment {
    private StrangersEnvironment() {}

    public static void main(String[] arguments) {
      var _ = OrtEnvironment.getEnvironment();
      try (LoadedModel model = load(Path.of(arguments[0]), LoadSettings.DEFAULT.madeHere())) {
        System.out.println(answer(model));
      }
    }
  }

  private static LoadedModel load(Path folder, LoadSettings settings) {
    return new OrtEngine().load(folder, settings, Progress.NONE);
  }

  private static LoadedModel load(Precision precision, int threads) {
    return load(DemoModel.folder(precision), LoadSettings.DEFAULT.withThreads(threads));
  }

  private static List<Integer> answer(LoadedModel model) {
    List<Integer> ids = new ArrayList<>();
    try (Sequence sequence = model.newSequence()) {
      sequence.generate(
          CASE.promptIds(),
          GenerationSettings.greedy(20),
          (token, _) -> ids.add(token),
          Progress.NONE);
    }
    return ids;
  }

  @Test
  void modelsThatAnswerAtATimeSayWhatEachSaysAlone() {
    try (LoadedModel one = load(Precision.INT4, 0);
        LoadedModel other = load(Precision.FP32, 0);
        LoadedModel apart = load(Precision.INT8, Processors.threads() + 1)) {
      List<LoadedModel> models = List.of(one, other, apart);
      List<List<Integer>> alone = models.stream().map(SharedThreadsTest::answer).toList();

      for (int round = 0; round < 10; round++) {
        List<CompletableFuture<List<Integer>>> answers =
            models.stream()
                .map(model -> CompletableFuture.supplyAsync(() -> answer(model)))
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join)).isEqualTo(alone);
      }
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameAnswer() {
    List<List<Integer>> answers = new ArrayList<>();
    for (int threads : new int[] {0, 1, 2, 3}) {
      try (LoadedModel model = load(Precision.INT4, threads)) {
        assertThat(model.threads()).isEqualTo(threads == 0 ? Processors.threads() : threads);
        answers.add(answer(model));
      }
    }

    assertThat(answers).containsOnly(answers.getFirst());
  }

  @Test
  void anEnvironmentThatSomebodyElseMadeIsUsedWithThreadsOfOurOwn() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            StrangersEnvironment.class.getName(),
            DemoModel.folder(Precision.INT4).toString());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();

    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(process.waitFor()).isZero();
    try (LoadedModel model = load(Precision.INT4, 0)) {
      assertThat(said).isEqualTo(answer(model).toString());
    }
  }

  @Test
  void afterAnAnswerEveryThreadSleeps() throws Exception {
    assumeThat(Files.exists(TASKS)).as("states of threads are read from /proc").isTrue();
    try (LoadedModel shared = load(Precision.INT4, 0);
        LoadedModel apart = load(Precision.INT4, Processors.threads() + 1)) {
      Promise.keptWithin(
          Duration.ofSeconds(1),
          () -> {
            var _ = answer(shared);
            var _ = answer(apart);
            long start = System.nanoTime();
            while (othersRun() && Promise.since(start).toSeconds() < 5) {
              Thread.onSpinWait();
            }
            return Promise.since(start);
          });
    }
  }

  @Test
  void aThreadThatSpinsWouldBeSeen() throws Exception {
    assumeThat(Files.exists(TASKS)).as("states of threads are read from /proc").isTrue();
    AtomicBoolean stop = new AtomicBoolean();
    Thread spinning =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    Thread.onSpinWait();
                  }
                });

    boolean isSeen = othersRun();
    stop.set(true);
    spinning.join();

    assertThat(isSeen).isTrue();
  }

  /** Whether any thread but this one is on a processor or waits for one. */
  private static boolean othersRun() throws IOException {
    String own = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
    try (Stream<Path> tasks = Files.list(TASKS)) {
      return tasks
          .filter(task -> !task.getFileName().toString().equals(own))
          .anyMatch(SharedThreadsTest::runs);
    }
  }

  private static boolean runs(Path task) {
    try {
      String stat = Files.readString(task.resolve("stat"));
      return stat.startsWith(") R", stat.lastIndexOf(')'));
    } catch (IOException ended) {
      return false; // while it was read
    }
  }
}
