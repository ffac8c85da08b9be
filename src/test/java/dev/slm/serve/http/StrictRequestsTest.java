package dev.slm.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not exactly a request is refused, whatever its size (reliability S5). */
class StrictRequestsTest {
  private static final String HOST = "Host: localhost\r\n";
  private static final String JSON = HOST + "Content-Type: application/json\r\n";
  private static TestServer server;

  @BeforeAll
  static void start() throws IOException {
    server = TestServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of("absolute target", 400, "GET http://localhost/health HTTP/1.1\r\n" + HOST),
        Arguments.of("asterisk target", 400, "OPTIONS * HTTP/1.1\r\n" + HOST),
        Arguments.of("authority target", 400, "CONNECT localhost:80 HTTP/1.1\r\n" + HOST),
        Arguments.of("two spaces", 400, "GET  /health HTTP/1.1\r\n" + HOST),
        Arguments.of("no version", 400, "GET /health\r\n" + HOST),
        Arguments.of("other version", 505, "GET /health HTTP/2.0\r\n" + HOST),
        Arguments.of("escape in the path", 400, "GET /\u001b[31m HTTP/1.1\r\n" + HOST),
        Arguments.of("TLS hello", 400, "\u0016\u0003\u0001\u0002\r\n"),
        Arguments.of("no CR", 400, "GET /health HTTP/1.1\nHost: localhost\n\n"),
        Arguments.of("CR in a header", 400, "GET /health HTTP/1.1\r\n" + HOST + "A: b\rc: d\r\n"),
        Arguments.of("folded header", 400, "GET /health HTTP/1.1\r\n" + HOST + " folded\r\n"),
        Arguments.of("blank before the colon", 400, "GET /health HTTP/1.1\r\nHost : localhost\r\n"),
        Arguments.of("NUL in a header", 400, "GET /health HTTP/1.1\r\n" + HOST + "A: \u0000\r\n"),
        Arguments.of("encoded NUL", 400, "GET /%00 HTTP/1.1\r\n" + HOST),
        Arguments.of("encoded line end", 400, "GET /a%0d%0ab HTTP/1.1\r\n" + HOST),
        Arguments.of("bad UTF-8", 400, "GET /%ff HTTP/1.1\r\n" + HOST),
        Arguments.of("half an escape", 400, "GET /%4 HTTP/1.1\r\n" + HOST),
        Arguments.of("double slashes", 404, "GET //health HTTP/1.1\r\n" + HOST),
        Arguments.of("slash at the end", 404, "GET /health/ HTTP/1.1\r\n" + HOST),
        Arguments.of("dots", 404, "GET /models/../health HTTP/1.1\r\n" + HOST),
        Arguments.of("encoded dots", 404, "GET /models/%2e%2e/health HTTP/1.1\r\n" + HOST),
        Arguments.of("path parameters", 404, "GET /models/..;/health HTTP/1.1\r\n" + HOST),
        Arguments.of("wrong method", 405, "DELETE /health HTTP/1.1\r\n" + HOST),
        Arguments.of("wrong case", 404, "GET /Health HTTP/1.1\r\n" + HOST),
        Arguments.of("13 MB of header", 431, "GET / HTTP/1.1\r\nA: " + "x".repeat(70_000)),
        Arguments.of(
            "key of 1 MB", 431, "GET / HTTP/1.1\r\nAuthorization: Bearer " + "k".repeat(1 << 20)),
        Arguments.of("double slashes inside", 404, "GET //models//a HTTP/1.1\r\n" + HOST),
        Arguments.of("5,000 headers", 431, "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(5_000)),
        Arguments.of(
            "length and coding",
            400,
            "POST /echo HTTP/1.1\r\n"
                + JSON
                + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        Arguments.of("negative length", 400, "POST /echo HTTP/1.1\r\n" + JSON + length("-1")),
        Arguments.of("signed length", 400, "POST /echo HTTP/1.1\r\n" + JSON + length("+4")),
        Arguments.of("huge length", 400, "POST /echo HTTP/1.1\r\n" + JSON + length("9".repeat(20))),
        Arguments.of(
            "two lengths", 400, "POST /echo HTTP/1.1\r\n" + JSON + length("4") + length("5")),
        Arguments.of("1 GB body", 413, "POST /echo HTTP/1.1\r\n" + JSON + length("1073741824")),
        Arguments.of(
            "gzip body",
            415,
            "POST /echo HTTP/1.1\r\n" + JSON + "Content-Encoding: gzip\r\n" + length("4")),
        Arguments.of(
            "gzip as transfer coding",
            400,
            "POST /echo HTTP/1.1\r\n" + JSON + "Transfer-Encoding: gzip, chunked\r\n"),
        Arguments.of("no content type", 415, "POST /echo HTTP/1.1\r\n" + HOST + length("4")),
        Arguments.of(
            "form",
            415,
            "POST /echo HTTP/1.1\r\n" + HOST + "Content-Type: text/plain\r\n" + length("4")),
        Arguments.of(
            "chunk of 2 GB",
            413,
            "POST /echo HTTP/1.1\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n7fffffff1\r\n"),
        Arguments.of(
            "chunk without size",
            400,
            "POST /echo HTTP/1.1\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        Arguments.of(
            "chunk longer than it says",
            400,
            "POST /echo HTTP/1.1\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"));
  }

  private static String length(String value) {
    return "Content-Length: " + value + "\r\n";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void whatIsNotExactlyARequestIsRefused(String name, int status, String request)
      throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply = client.send(request + "\r\n").reply();

      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.body()).doesNotContain("dev.slm", "Exception", "java.");
    }
  }

  @Test
  void aBodyWithoutEndIsCutAtTheLimit() throws IOException {
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    try (RawClient client = server.client()) {
      client.send("POST /echo HTTP/1.1\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n");
      int sent = 0;
      try {
        for (; sent < 1024; sent++) {
          client.send(chunk);
        }
      } catch (IOException closed) {
        assertThat(closed).hasMessageMatching("(?i).*(pipe|reset|closed|abort).*");
      }

      assertThat(sent * 0x10000L).isLessThan(32L * 1024 * 1024);
    }
  }

  @Test
  void goodRequestsOfEachKindAreAnsweredOnOneConnection() throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply first = client.get("/health");
      RawClient.Reply encoded = client.get("/models/qwen%3A4");
      RawClient.Reply raw = client.get("/models/qwen:4");
      RawClient.Reply missing = client.get("/nowhere");
      RawClient.Reply posted = client.post("/echo", "{\"a\": 1}");
      RawClient.Reply chunked =
          client
              .send(
                  "POST /echo HTTP/1.1\r\n%sTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n"
                      .formatted(JSON))
              .reply();

      assertThat(first.body()).isEqualTo("\"ok\"");
      assertThat(encoded.body()).isEqualTo("\"qwen:4\"").isEqualTo(raw.body());
      assertThat(missing.status()).isEqualTo(404);
      assertThat(posted.body()).isEqualTo("8");
      assertThat(chunked.body()).isEqualTo("5");
    }
  }

  @Test
  void aClientThatAsksFirstIsToldToGoOn() throws IOException {
    try (RawClient client = server.client()) {
      client.send(
          "POST /echo HTTP/1.1\r\n" + JSON + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");

      assertThat(client.until("\r\n\r\n")).startsWith("HTTP/1.1 100 ");
      assertThat(client.send("{}").reply().body()).isEqualTo("2");
    }
  }

  @Test
  void headIsRefusedWithoutABody() throws IOException {
    try (RawClient client = server.client()) {
      String head =
          client
              .send("HEAD /health HTTP/1.1\r\nConnection: close\r\n" + HOST + "\r\n")
              .until("\r\n\r\n");

      assertThat(head).startsWith("HTTP/1.1 405 ").contains("Allow: GET");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void requestsSentTogetherAreAnsweredInOrder() throws IOException {
    try (RawClient client = server.client()) {
      client.send(
          "GET /models/1 HTTP/1.1\r\n%s\r\nGET /models/2 HTTP/1.1\r\n%s\r\n".formatted(HOST, HOST));

      assertThat(client.reply().body()).isEqualTo("\"1\"");
      assertThat(client.reply().body()).isEqualTo("\"2\"");
    }
  }

  @Test
  void anOldClientGetsAnAnswerAndTheEndOfTheConnection() throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply = client.send("GET /health HTTP/1.0\r\n" + HOST + "\r\n").reply();

      assertThat(reply.body()).isEqualTo("\"ok\"");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void aFailureOfOursTellsNothingOfTheInside() throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply = client.get("/bug");

      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.body()).doesNotContain("secret", "Exception", "/home");
      assertThat(server.bugs).anySatisfy(bug -> assertThat(bug).hasMessageContaining("secret"));
    }
  }
}
