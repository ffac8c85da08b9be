package dev.slm.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EventsTest {
  /** What went to a client, and when; the client can break. */
  private static final class Wire extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch broken = new CountDownLatch(1);
    private boolean breaks;

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] all, int from, int length) throws IOException {
      if (breaks) {
        broken.countDown();
        throw new IOException("the client left");
      }
      bytes.write(all, from, length);
      notifyAll();
    }

    synchronized void breaksNow() {
      breaks = true;
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }

    synchronized String awaitText(String part) throws InterruptedException {
      while (!text().contains(part)) {
        wait();
      }
      return text();
    }
  }

  private final Wire wire = new Wire();
  private final Response response = new Response(new Output(wire), true, false);
  private final Events events = new Events(response);

  /**
   * Sends until an event waits for its timer; gives the number of the one that does. Whoever holds
   * the events keeps the timer from sending it.
   */
  private int sendUntilOneWaits() throws IOException {
    int sent = 0;
    do {
      events.send(sent++);
    } while (wire.text().contains("data: " + (sent - 1) + "\n"));
    return sent - 1;
  }

  @Test
  void eventsInABurstAllArriveInOrderWithoutTheEndOfTheAnswer() throws Exception {
    try (TestServer server = TestServer.start();
        RawClient client = server.client()) {

      client.send("GET /burst HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String came = client.until("data: " + (TestServer.BURST - 1) + "\n\n\r\n");

      List<String> events = came.lines().filter(line -> line.startsWith("data: ")).toList();
      assertThat(events)
          .isEqualTo(IntStream.range(0, TestServer.BURST).mapToObj(i -> "data: " + i).toList());
      server.release.countDown();
      assertThat(client.until("0\r\n\r\n")).contains("data: [DONE]\n\n");
    }
  }

  @Test
  void eventsInABurstTakeFewWrites() throws IOException {
    try (TestServer server = TestServer.start();
        RawClient client = server.client()) {
      server.release.countDown();

      client.send("GET /burst HTTP/1.1\r\nHost: localhost\r\n\r\n");
      String came = client.until("0\r\n\r\n");

      long chunks = came.lines().filter(line -> line.matches("[0-9a-f]+")).count();
      assertThat(chunks).isLessThan(TestServer.BURST / 2);
    }
  }

  @Test
  void theFirstEventGoesOutAtOnce() throws IOException {
    events.send("role");

    assertThat(wire.text()).endsWith("data: \"role\"\n\n");
  }

  @Test
  void anEventThatWaitsGoesOutWithoutAnotherOne() throws Exception {
    int last = sendUntilOneWaits();

    assertThat(wire.awaitText("data: " + last + "\n\n")).endsWith("data: " + last + "\n\n");
  }

  @Test
  void signsOfLifeAndTheEndComeAfterWhatWaits() throws IOException {
    int last;
    synchronized (events) {
      last = sendUntilOneWaits();
      events.keepAlive(0);
      events.done();
    }

    assertThat(wire.text()).endsWith("data: " + last + "\n\n: working\n\ndata: [DONE]\n\n");
  }

  @Test
  void aFailureComesAfterWhatWaits() throws IOException {
    int last;
    synchronized (events) {
      last = sendUntilOneWaits();
      events.fail(Refusal.of(503, "the service stops"));
    }

    assertThat(wire.text())
        .containsPattern("data: " + last + "\n\ndata: \\{\"error\".*the service stops");
  }

  @Test
  void afterItsEndNothingOfAnAnswerIsSent() throws Exception {
    synchronized (events) {
      sendUntilOneWaits();
      events.close();
    }
    String atTheEnd = wire.text();
    sendUntilOneWaitsElsewhere();
    events.send("late");
    events.keepAlive(0);

    assertThat(wire.text()).isEqualTo(atTheEnd);
  }

  /** Timers run in the order of their ends: when this one has run, an earlier one has too. */
  private static void sendUntilOneWaitsElsewhere() throws Exception {
    EventsTest other = new EventsTest();
    other.wire.awaitText("data: " + other.sendUntilOneWaits() + "\n\n");
  }

  @Test
  void aClientThatBreaksWhileAnEventWaitsFailsTheNextOne() throws Exception {
    synchronized (events) {
      sendUntilOneWaits();
      wire.breaksNow();
    }
    wire.broken.await();

    assertThatThrownBy(() -> events.send("next")).hasMessage("the client left");
    assertThatThrownBy(events::done).hasMessage("the client left");
  }

  @Test
  void silenceIsBrokenOnlyAfterItsTime() throws IOException {
    events.send("role");
    String before = wire.text();
    events.keepAlive(Duration.ofHours(1).toNanos());

    assertThat(wire.text()).isEqualTo(before);
  }
}
