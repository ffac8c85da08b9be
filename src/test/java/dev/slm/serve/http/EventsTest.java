package dev.slm.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventsTest {
  @Test
  void eventsInABurstAllArriveInOrderWithoutTheEndOfTheAnswer() throws IOException {
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
}
