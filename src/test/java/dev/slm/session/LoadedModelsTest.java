package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadedModelsTest {
  private static final Path FOLDER = Path.of("src/model/checkpoint");
  private static final long MODEL_BYTES = 1_000_000;

  private final ScriptedEngine engine = new ScriptedEngine(2048);
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private LoadedModels models = models(3 * MODEL_BYTES, 8);

  private LoadedModels models(long bytes, int most) {
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
          return ModelSource.Place.of(name.replace("-alias", ""), FOLDER);
        };
    return new LoadedModels(
        source,
        Engines.of(List.of(engine)),
        new MemoryLimits(bytes, most, Duration.ofMinutes(5)),
        clock);
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
