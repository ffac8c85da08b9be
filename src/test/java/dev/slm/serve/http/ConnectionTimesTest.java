package dev.slm.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.testing.Promise;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slow, stuck and leaving clients: reliability S6, S7, S9, S10, S17. */
@Timeout(60)
class ConnectionTimesTest {
  private static final Limits SHORT = Limits.DEFAULT.withTimes(Duration.ofMillis(300));

  @Test
  void halfRequestsAreClosedWhileOthersAreServed() throws IOException {
    try (TestServer server = TestServer.with(SHORT)) {
      List<RawClient> slow = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        slow.add(server.client().send("GET /health HTTP/1.1\r\nHost: loc"));
      }
      try (RawClient client = server.client()) {
        assertThat(client.get("/health").status()).isEqualTo(200);
      }

      for (RawClient client : slow) {
        RawClient.Reply reply = client.reply();
        assertThat(reply.status()).isEqualTo(408);
        client.close();
      }
    }
  }

  @Test
  void aSlowBodyIsEnded() throws IOException {
    try (TestServer server = TestServer.with(SHORT);
        RawClient client = server.client()) {
      RawClient.Reply reply =
          client
              .send(
                  "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: 10\r\n\r\n{")
              .reply();

      assertThat(reply.status()).isEqualTo(408);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void silentConnectionsAreClosed() throws IOException {
    try (TestServer server = TestServer.with(SHORT);
        RawClient silent = server.client();
        RawClient idle = server.client()) {
      idle.get("/health");

      assertThat(silent.isEnded()).isTrue();
      assertThat(idle.isEnded()).isTrue();
    }
  }

  @Test
  void aReaderThatStopsIsDisconnected() throws Exception {
    try (TestServer server = TestServer.with(SHORT);
        RawClient client = server.client()) {
      client.send("GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n");

      assertThat(server.departed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aWaitingHandlerLearnsWithinASecondThatItsClientLeft() throws Exception {
    Promise.keptWithin(
        Duration.ofSeconds(1),
        () -> {
          try (TestServer server = TestServer.start()) {
            try (RawClient client = server.client()) {
              client.sendPost("/wait", "{}");
              server.reached.await();
            }
            long left = System.nanoTime();

            assertThat(server.departed.await(10, TimeUnit.SECONDS)).isTrue();
            return Promise.since(left);
          }
        });
  }

  @Test
  void aWaitingHandlerLearnsThatItsClientCrashed() throws Exception {
    try (TestServer server = TestServer.start()) {
      RawClient client = server.client().sendPost("/wait", "{}");
      server.reached.await();
      client.socket().setSoLinger(true, 0);
      client.close();

      assertThat(server.departed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aLongAnswerDoesNotCountAsIdle() throws Exception {
    try (TestServer server = TestServer.with(SHORT);
        RawClient client = server.client()) {
      client.sendPost("/wait", "{}");
      server.reached.await();
      try (RawClient idle = server.client()) {
        assertThat(idle.isEnded()).isTrue();
      }
      server.release.countDown();

      assertThat(client.reply().body()).isEqualTo("\"done\"");
    }
  }

  @Test
  void connectionsBeyondTheLimitAreToldToComeBack() throws IOException {
    try (TestServer server = TestServer.with(Limits.DEFAULT.withConnections(1));
        RawClient first = server.client()) {
      first.get("/health");
      try (RawClient second = server.client()) {
        RawClient.Reply reply = second.reply();

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("retry-after")).isEqualTo("1");
      }
      assertThat(first.get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void stoppingEndsStreamsWithAnErrorEvent() throws Exception {
    try (TestServer server = TestServer.start();
        RawClient client = server.client();
        RawClient idle = server.client()) {
      client.send("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
      server.reached.await();
      server.stop(Duration.ofMillis(50));

      String stream = client.until("0\r\n\r\n");
      assertThat(stream)
          .contains("data: \"first\"")
          .contains("the service stops")
          .endsWith("0\r\n\r\n");
      assertThat(idle.isEnded()).isTrue();
    }
  }

  @Test
  void stoppingLetsAnAnswerFinish() throws Exception {
    try (TestServer server = TestServer.start();
        RawClient client = server.client()) {
      client.sendPost("/wait", "{}");
      server.reached.await();
      Thread stop = Thread.ofPlatform().start(() -> server.stop(Duration.ofSeconds(10)));
      server.release.countDown();

      assertThat(client.reply().body()).isEqualTo("\"done\"");
      stop.join();
    }
  }

  @Test
  void everyRequestIsReportedOnce() throws Exception {
    try (TestServer server = TestServer.start();
        RawClient client = server.client()) {
      client.get("/models/a%20b");
      client.get("/nowhere");
      client.get("/health");
      server.stop(Duration.ofSeconds(1));

      assertThat(server.answered)
          .extracting(a -> a.route() + " " + a.status())
          .containsExactly("/models/{id} 200", " 404", "/health 200");
    }
  }
}
