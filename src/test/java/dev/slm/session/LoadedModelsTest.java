package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.check.MemoryPlan;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadedModelsTest {
  private static final Path FOLDER = Path.of("src/model/checkpoint");
  private static final long MODEL_BYTES = 1_000_000;

  private final ScriptedEngine engine = new ScriptedEngine(2048);
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private LoadSettings settings = LoadSettings.DEFAULT;
  private LoadedModels models = models(3 * MODEL_BYTES, 8);

  private LoadedModels models(long bytes, int most) {
    return models(new MemoryLimits(bytes, most, Duration.ofMinutes(5)));
  }

  private LoadedModels models(MemoryLimits limits) {
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now.get();
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    ModelSource source =
        (name, _) -> {
          if (name.startsWith("no")) {
            throw Nearest.unknown("model", name, List.of("a", "b"), "cache ls");
          }
          ModelSource.Place place = ModelSource.Place.of(name.replace("-alias", ""), FOLDER);
          return new ModelSource.Place(
              place.name(), FOLDER, place.family(), place.engine(), settings, place.inUse());
        };
    return new LoadedModels(source, Engines.of(List.of(engine)), limits, clock);
  }

  @AfterEach
  void close() {
    models.close();
    assertThat(engine.openModels()).isZero();
    assertThat(engine.openSequences()).isZero();
  }

  private Lease lease(String name) {
    return models.lease(name, LoadRequest.DEFAULT, Progress.NONE);
  }

  private void use(String name) {
    lease(name).close();
    now.set(now.get().plusSeconds(1));
  }

  private List<String> names() {
    return models.list().stream().map(ModelInMemory::name).toList();
  }

  @Test
  void aModelIsLoadedOnceUnderAllItsNames() {
    try (Lease one = lease("a");
        Lease two = lease("a-alias")) {
      assertThat(one.model()).isSameAs(two.model());
      assertThat(engine.openModels()).isEqualTo(1);
      assertThat(models.list()).singleElement().extracting(ModelInMemory::users).isEqualTo(2);
    }
  }

  @Test
  void theModelUsedLongestAgoMakesRoom() {
    models = models(3 * MODEL_BYTES, 2);
    use("a");
    use("b");
    use("a");

    use("c");

    assertThat(names()).containsExactly("a", "c");
    assertThat(engine.openModels()).isEqualTo(2);
  }

  @Test
  void idleModelsGoWhereTheMachineHasTooLittleMemoryLeft() {
    long forOne = MemoryPlan.least(Room.weightBytes(FOLDER));
    AtomicLong free = new AtomicLong(forOne);
    models = models(new MemoryLimits(Long.MAX_VALUE, 8, Duration.ofMinutes(5), free::get));
    use("a");
    use("b");
    assertThat(names()).containsExactly("a", "b");

    free.set(forOne - MODEL_BYTES);
    use("c");
    assertThat(names()).containsExactly("b", "c");

    free.set(0);
    use("d");
    assertThat(names()).as("the engine decides about the last one").containsExactly("d");
  }

  @Test
  void whatTheSettingsSayHoldsForEveryoneWhoAsksForNothingElse() {
    List<LoadSettings> loads = new ArrayList<>();
    engine.beforeLoading(loads::add);
    settings = new LoadSettings(2, 4096);

    use("a");
    LoadRequest request = LoadRequest.DEFAULT.withSettings(new LoadSettings(0, 512));
    models.lease("b", request, Progress.NONE).close();

    assertThat(loads).containsExactly(new LoadSettings(2, 4096), new LoadSettings(2, 512));
  }

  @Test
  void aRefusalSpeaksOfTheModelByItsName() {
    engine.beforeLoading(
        _ -> {
          throw Problem.failed("'" + FOLDER + "' needs 9 GB of memory")
              .next("model load NAME --context-length 512");
        });

    assertThatThrownBy(() -> lease("a"))
        .hasMessage("'a' needs 9 GB of memory")
        .extracting(e -> ((Problem) e).next().orElseThrow())
        .isEqualTo("model load a --context-length 512");
  }

  @Test
  void aModelInUseIsNotClosedToMakeRoom() {
    models = models(1, 8);

    try (Lease used = lease("a")) {
      assertThatThrownBy(() -> lease("b"))
          .isInstanceOf(Problem.class)
          .hasMessageStartingWith("no room for 'b'");

      assertThat(used.model().countTokens("still open")).isPositive();
    }
  }

  @Test
  void aModelExpiresAfterItsTimeAndNotBefore() {
    use("a");
    try (Lease used = lease("b")) {
      now.set(now.get().plus(Duration.ofMinutes(6)));

      models.closeExpired();

      assertThat(names()).containsExactly("b");
      assertThat(used.model().name()).isEqualTo("b");
    }
  }

  @Test
  void aModelThatIsToStayForEverStays() {
    models
        .lease("a", LoadRequest.DEFAULT.withKeepAlive(LoadRequest.FOR_EVER), Progress.NONE)
        .close();
    now.set(now.get().plus(Duration.ofDays(400)));

    models.closeExpired();

    assertThat(models.list()).singleElement().matches(model -> model.expires().isEmpty());
  }

  @Test
  void anUnknownNameLeavesNothingBehind() {
    assertThatThrownBy(() -> lease("nothing")).hasMessageContaining("no model named 'nothing'");

    assertThat(models.list()).isEmpty();
    assertThat(models.unload("nothing", true, Progress.NONE)).isFalse();
  }

  @Test
  void unloadingCancelsTheRunningAnswerAndKeepsWhatWasSaid() throws Exception {
    CountDownLatch talking = new CountDownLatch(1);
    engine.say(new int[1000]);
    engine.beforeEachToken(
        () -> {
          talking.countDown();
          Thread.onSpinWait();
        });
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(
            () -> {
              Answer last = null;
              try (Lease lease = lease("a")) {
                do {
                  last =
                      lease
                          .model()
                          .answer(
                              List.of(Message.user("x")),
                              GenerationSettings.greedy(2000),
                              AnswerListener.NONE,
                              Progress.NONE);
                } while (last.reason() != FinishReason.CANCELLED);
              }
              return last;
            });
    assertThat(talking.await(10, TimeUnit.SECONDS)).isTrue();

    assertThat(models.unload("a", true, Progress.NONE)).isTrue();

    assertThat(answer.get(10, TimeUnit.SECONDS).reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(models.list()).isEmpty();
  }
}
