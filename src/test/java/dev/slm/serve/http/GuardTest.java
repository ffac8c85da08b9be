package dev.slm.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come in: reliability S2, S3, S4, S14. */
class GuardTest {
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    Guard guard =
        new Guard(Set.of("box.lan"), Set.of("http://ui.lan:8080"), Optional.of("right key"), false);
    server = TestServer.with(guard);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LocalHost:5273, 200",
    "127.0.0.1, 200",
    "127.0.0.1:5273, 200",
    "[::1], 200",
    "[::1]:5273, 200",
    "box.lan, 200",
    "BOX.LAN:80, 200",
    "evil.com, 403",
    "evil.com:5273, 403",
    "localhost.evil.com, 403",
    "127.0.0.1.evil.com, 403",
    "evil.localhost, 403",
    "printer.local, 403",
    "svc.internal, 403",
    "192.168.0.5, 403",
    "127.0.0.2, 403",
    "[::2], 403",
    "0.0.0.0, 403",
    "localhost:99999999, 400",
    "localhost@evil.com, 400",
    "localhost/evil.com, 400",
    "'localhost, evil.com', 400",
    "'', 400",
  })
  void onlyKnownHostNamesAreServed(String host, int status) throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply =
          client.send("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").reply();

      assertThat(reply.status()).isEqualTo(status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host: localhost\r\nHost: localhost\r\n"})
  void aMissingOrSecondHostIsRefused(String headers) throws IOException {
    try (RawClient client = server.client()) {
      assertThat(client.send("GET /health HTTP/1.1\r\n" + headers + "\r\n").reply().status())
          .isEqualTo(400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Origin: null, 403",
    "Origin: http://evil.com, 403",
    "Origin: https://localhost, 403",
    "Origin: http://localhost:3000, 403",
    "Origin: http://localhost.evil.com, 403",
    "Origin: file://, 403",
    "Origin: chrome-extension://abc, 403",
    "Origin: HTTP://UI.LAN:8080, 403",
    "Origin: http://ui.lan:8081, 403",
    "Sec-Fetch-Site: cross-site, 403",
    "Sec-Fetch-Site: same-site, 403",
    "Sec-Fetch-Site: none, 200",
    "Sec-Fetch-Site: same-origin, 200",
    "Origin: http://localhost, 200",
    "Origin: http://ui.lan:8080, 200",
  })
  void foreignWebPagesAreKeptOut(String header, int status) throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply =
          client.send("GET /health HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n").reply();

      assertThat(reply.status()).isEqualTo(status);
      boolean named = header.equals("Origin: http://ui.lan:8080");
      assertThat(reply.header("access-control-allow-origin"))
          .isEqualTo(named ? "http://ui.lan:8080" : "");
    }
  }

  @Test
  void aPreflightOfAForeignPageIsRefused() throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply =
          client
              .sendLines(
                  "OPTIONS /echo",
                  "Host: localhost",
                  "Origin: http://evil.com",
                  "Access-Control-Request-Method: POST",
                  "Access-Control-Request-Private-Network: true")
              .reply();

      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.head()).doesNotContainIgnoringCase("access-control-allow");
    }
  }

  @Test
  void aPreflightOfAnAllowedPageIsAnswered() throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply =
          client
              .sendLines(
                  "OPTIONS /echo",
                  "Host: localhost",
                  "Origin: http://ui.lan:8080",
                  "Access-Control-Request-Method: POST")
              .reply();

      assertThat(reply.status()).isEqualTo(204);
      assertThat(reply.header("access-control-allow-origin")).isEqualTo("http://ui.lan:8080");
      assertThat(client.get("/health").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /health, 200",
    "POST, /echo, 401",
    "GET, /models/a, 401",
    "GET, /load/a, 401",
    "POST, /wait, 401",
    "GET, /flood, 401",
    "GET, /stream, 401",
    "GET, /bug, 401",
  })
  void everyRouteButHealthWantsTheKey(String method, String path, int status) throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply =
          client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").reply();

      assertThat(reply.status()).isEqualTo(status);
    }
  }

  @Test
  void onlyTheRightKeyOpens() throws IOException {
    Map<String, Integer> statuses =
        Map.of(
            "Authorization: Bearer right key",
            200,
            "Authorization: bearer right key",
            200,
            "x-api-key: right key",
            200,
            "Authorization: Bearer right keys",
            401,
            "Authorization: Bearer Right key",
            401,
            "Authorization: Bearer",
            401,
            "Authorization: right key",
            401,
            "Authorization: Bearer wrong\r\nAuthorization: Bearer right key",
            400,
            "Authorization: Bearer " + "k".repeat(60_000),
            401);

    for (Map.Entry<String, Integer> header : statuses.entrySet()) {
      try (RawClient client = server.client()) {
        RawClient.Reply reply =
            client
                .send(
                    "GET /models/a HTTP/1.1\r\nHost: localhost\r\n" + header.getKey() + "\r\n\r\n")
                .reply();

        assertThat(reply.status()).as(header.getKey()).isEqualTo(header.getValue());
      }
    }
  }

  @Test
  void administrationIsOffEvenWithTheKeyUnlessAllowed() throws IOException {
    try (RawClient client = server.client()) {
      RawClient.Reply reply =
          client
              .send(
                  "GET /load/a HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer right key\r\n\r\n")
              .reply();

      assertThat(reply.status()).isEqualTo(403);
      assertThat(reply.body()).contains("--allow-admin");
    }
  }
}
