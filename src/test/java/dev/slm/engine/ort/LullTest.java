package dev.slm.engine.ort;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LullTest {
  @Test
  void withoutWorkItIsNow() {
    assertThat(new Lull().await()).isTrue();
  }

  @Test
  void itComesWhenAllWorkHasEnded() throws Exception {
    Lull lull = new Lull();
    lull.workBegins();
    lull.workBegins();
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(lull::await);

    lull.workEnds();
    assertThat(waiting).isNotDone();
    lull.workEnds();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void afterTheEndThereIsNone() throws Exception {
    Lull lull = new Lull();
    lull.workBegins();
    CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(lull::await);

    lull.close();

    assertThat(waiting.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(lull.await()).isFalse();
  }
}
