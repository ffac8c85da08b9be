package dev.slm.serve;

import static dev.slm.serve.TestService.question;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.serve.http.RawClient;
import dev.slm.serve.work.Downloads;
import dev.slm.testing.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slots, queue and clients that leave: reliability S9, S10, S17. */
@Timeout(60)
class LeavingClientsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final ServiceOptions ONE_SLOT =
      ServiceOptions.DEFAULT.withPort(0).withWork(1, 2, Duration.ofMillis(50));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "\"stream\": true"})
  void whoLeavesBeforeTheFirstTokenFreesTheSlotWithinASecond(String fields) throws Exception {
    try (TestService service = TestService.start(folder, ONE_SLOT, Downloads.NONE)) {
      service.say("one two three four five six");
      Promise.keptWithin(Duration.ofSeconds(1), () -> timeToLeave(service, fields));

      assertThat(service.engine.openSequences()).isLessThanOrEqualTo(1);
      assertThat(service.post(CHAT, question("\"max_tokens\": 1")).status()).isEqualTo(200);
    }
  }

  private static Duration timeToLeave(TestService service, String fields) throws Exception {
    TestService.Held held = service.hold();
    RawClient leaving = service.client().sendPost(CHAT, question(fields));
    held.reached.await();
    leaving.close();
    long left = System.nanoTime();
    awaitThat(() -> connections(service) == 1);
    held.release.countDown();
    awaitThat(() -> running(service) == 0);
    return Promise.since(left);
  }

  @Test
  void whoLeavesTheQueueDoesNotDisturbTheOneThatIsAnswered() throws Exception {
    try (TestService service = TestService.start(folder, ONE_SLOT, Downloads.NONE);
        RawClient first = service.client()) {
      service.say("one two three");
      TestService.Held held = service.hold();
      first.sendPost(CHAT, question(""));
      held.reached.await();
      RawClient queued = service.client().sendPost(CHAT, question(""));
      awaitThat(() -> waiting(service) == 1);
      queued.close();

      awaitThat(() -> waiting(service) == 0);
      held.release.countDown();
      assertThat(first.reply().status()).isEqualTo(200);
      assertThat(service.engine.prompts()).hasSize(1);
    }
  }

  @Test
  void aFullQueueIsToldAtOnce() throws Exception {
    try (TestService service = TestService.start(folder, ONE_SLOT, Downloads.NONE)) {
      service.say("one two three");
      TestService.Held held = service.hold();
      List<RawClient> clients = new ArrayList<>();
      clients.add(service.client().sendPost(CHAT, question("")));
      held.reached.await();
      for (int i = 0; i < 2; i++) {
        clients.add(service.client().sendPost(CHAT, question("")));
      }
      awaitThat(() -> waiting(service) == 2);
      RawClient.Reply refused = service.post(CHAT, question("\"stream\": true"));
      held.release.countDown();

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("retry-after")).isNotEmpty();
      assertThat(TestService.json(refused).at("/error/code").asString()).isEqualTo("queue_full");
      for (RawClient client : clients) {
        assertThat(client.reply().status()).isEqualTo(200);
        client.close();
      }
      assertThat(service.get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void stoppingTellsTheStreamWhy() throws Exception {
    try (TestService service = TestService.start(folder, ONE_SLOT, Downloads.NONE);
        RawClient client = service.client()) {
      service.say("one two three four ".repeat(50));
      CountDownLatch begun = new CountDownLatch(3);
      service.engine.beforeEachToken(() -> writeSlowly(begun));
      client.sendPost(CHAT, question("\"stream\": true"));
      begun.await();
      service.service().close();
      String stream = client.until("0\r\n\r\n");

      assertThat(stream).contains("\"finish_reason\":null").contains("the service stops");
      assertThat(stream).doesNotContain("[DONE]");
      assertThat(ServiceState.find(folder.resolve("state"))).isEmpty();
    }
  }

  /** A model that would take more than a second for its answer. */
  private static void writeSlowly(CountDownLatch begun) {
    begun.countDown();
    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
  }

  private static int connections(TestService service) {
    return gauge(service, "slm_connections");
  }

  private static int running(TestService service) {
    return gauge(service, "slm_slots_running");
  }

  private static int waiting(TestService service) {
    return gauge(service, "slm_slots_waiting");
  }

  private static int gauge(TestService service, String name) {
    try {
      return service
          .get("/metrics")
          .body()
          .lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitThat(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 20 seconds").isLessThan(end);
    }
  }
}
