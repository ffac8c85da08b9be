package dev.slm.serve;

import static dev.slm.serve.TestService.question;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slm.base.Problem;
import dev.slm.serve.http.RawClient;
import dev.slm.serve.work.Downloads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The service as a whole: exposure, state, log, metrics (reliability S1, S4, S15, S16, S19). */
@Timeout(60)
class ServiceTest {
  @TempDir private Path folder;

  @Test
  void metricsCountTokensUnderOurNamesAndThoseOfVllm() throws IOException {
    try (TestService service = TestService.start(folder)) {
      service.say("one two");
      service.post("/v1/chat/completions", question(""));
      String metrics = metricsAfterTheAnswer(service);

      assertThat(metrics)
          .contains(
              "slm_answer_tokens_total{model=\"slm-demo-int4\"} "
                  + (double) service.tokens("one two"),
              "vllm:generation_tokens_total{model_name=\"slm-demo-int4\"} ",
              "vllm:prompt_tokens_total{model_name=\"slm-demo-int4\"} ",
              "vllm:num_requests_running{model_name=\"slm-demo-int4\"} 0.0",
              "vllm:num_requests_waiting{model_name=\"slm-demo-int4\"} 0.0",
              "vllm:time_to_first_token_seconds_bucket{model_name=\"slm-demo-int4\",le=\"0.1\"} 1",
              "slm_time_to_first_token_seconds_count{model=\"slm-demo-int4\"} 1",
              "slm_requests_total{route=\"/v1/chat/completions\",status=\"200\"} 1.0",
              "slm_models_loaded 1.0");
    }
  }

  /** The client has its answer a moment before the service has counted it. */
  private static String metricsAfterTheAnswer(TestService service) throws IOException {
    String metrics = "";
    while (!metrics.contains("slm_requests_total{route=\"/v1/chat/completions\"")) {
      metrics = service.get("/metrics").body();
    }
    return metrics;
  }

  @Test
  void figuresAreReadableByTheGrammarOfPrometheus() throws IOException {
    try (TestService service = TestService.start(folder)) {
      service.say("one two");
      service.post("/v1/chat/completions", question(""));
      service.get("/v1/models/first");
      String text = metricsAfterTheAnswer(service);

      Map<String, Double> figures = MetricsText.read(text);

      assertThat(figures)
          .containsEntry("slm_prompt_cached_tokens_total{model=\"slm-demo-int4\"}", 0.0)
          .containsEntry(
              "vllm:time_to_first_token_seconds_count{model_name=\"slm-demo-int4\"}", 1.0)
          .containsEntry("slm_models_loaded", 1.0);
      assertThat(figures.keySet()).noneMatch(series -> series.contains("first\""));
    }
  }

  @Test
  void whatClientsChooseNeverBecomesALabel() throws IOException {
    try (TestService service = TestService.start(folder);
        RawClient client = service.client()) {
      client.get("/v1/models/first");
      client.post("/v1/chat/completions", question("").replace(TestService.MODEL, "first"));
      client.get("/nowhere");
      long series = client.get("/metrics").body().lines().count();
      for (int i = 0; i < 50; i++) {
        client.get("/v1/models/name" + i);
        client.get("/path" + i);
        client.post("/v1/chat/completions", question("").replace(TestService.MODEL, "name" + i));
      }

      // the metrics route itself appears once it was asked
      assertThat(client.get("/metrics").body().lines().count()).isLessThanOrEqualTo(series + 20);
      assertThat(client.get("/metrics").body()).doesNotContain("name1", "path1");
    }
  }

  @Test
  void everyRequestIsOneLineOfTheLogWhateverItContains() throws IOException {
    List<String> payloads =
        List.of("\u001b[31mred", "\u009b31m", "\u202eoverride", "\"quoted\" note=x", "\\n", "a\tb");
    try (TestService service = TestService.start(folder)) {
      for (String payload : payloads) {
        try (RawClient client = service.client()) {
          client.sendLines("GET /v1/models/x", "Host: localhost", "User-Agent: " + payload).reply();
        }
      }
      service.get("/v1/models/%0d%0a2026-01-01T00:00:00Z%20forged");
      service.post(
          "/v1/chat/completions", question("").replace(TestService.MODEL, "\\r\\nforged\\u001b"));
    }
    String log = Files.readString(ServiceLog.fileIn(folder.resolve("state")));

    assertThat(log.lines()).allMatch(line -> line.matches("20\\d\\d-.*Z (started|stopped|127).*"));
    assertThat(log.lines().filter(line -> line.contains(" 127"))).hasSize(payloads.size() + 2);
    assertThat(log.chars().filter(c -> c != '\n').anyMatch(Character::isISOControl)).isFalse();
    assertThat(log).doesNotContain("\u202e").doesNotContain("\nforged");
  }

  @Test
  void promptsAndAnswersAreNotLogged() throws IOException {
    try (TestService service = TestService.start(folder)) {
      service.say("secret answer");
      service.post("/v1/chat/completions", question("").replace("Hello", "secret question"));
    }

    assertThat(Files.readString(ServiceLog.fileIn(folder.resolve("state"))))
        .doesNotContain("secret");
  }

  @Test
  void unlessToldOtherwiseOnlyThisMachineIsServed() throws IOException {
    try (TestService service = TestService.start(folder);
        Socket elsewhere = new Socket()) {
      // another address of this machine, which a socket for all addresses would answer, too
      InetSocketAddress other = new InetSocketAddress("127.0.0.2", service.port());

      assertThat(service.service().url()).startsWith("http://127.0.0.1:");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> elsewhere.connect(other, 10_000));
    }
  }

  @Test
  void otherMachinesAreServedOnlyWithAKey() {
    ServiceOptions open =
        new ServiceOptions(
            "0.0.0.0",
            0,
            Optional.empty(),
            Set.of(),
            Set.of(),
            false,
            1,
            1,
            Duration.ZERO,
            Duration.ZERO);

    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> TestService.start(folder, open, Downloads.NONE))
        .withMessageContaining("other machines can reach '0.0.0.0'");
  }

  @Test
  void aServiceForOtherMachinesWantsItsKeyOnEveryRouteButHealth() throws IOException {
    ServiceOptions options =
        new ServiceOptions(
            "0.0.0.0",
            0,
            Optional.of("k"),
            Set.of(),
            Set.of(),
            false,
            1,
            1,
            Duration.ZERO,
            Duration.ZERO);
    try (TestService service = TestService.start(folder, options, Downloads.NONE)) {
      for (String path :
          List.of(
              "/metrics",
              "/v1/models",
              "/foundry/list",
              "/foundry/cache",
              "/openai/status",
              "/openai/models",
              "/openai/loadedmodels",
              "/openai/load/x",
              "/openai/unload/x",
              "/openai/unloadall",
              "/slm/loaded")) {
        assertThat(service.get(path).status()).as(path).isEqualTo(401);
      }
      assertThat(service.get("/health").status()).isEqualTo(200);
      try (RawClient client = service.client()) {
        RawClient.Reply reply =
            client
                .sendLines("GET /openai/unloadall", "Host: localhost", "Authorization: Bearer k")
                .reply();
        assertThat(reply.status()).isEqualTo(403);
      }
    }
  }

  private static final List<String> ROUTES =
      List.of(
          "/health",
          "/metrics",
          "/v1/models",
          "/v1/models/slm-demo",
          "/v1/chat/completions",
          "/v1/chat/completions/tokenizer/encode/count",
          "/v1/completions",
          "/foundry/list",
          "/foundry/cache",
          "/openai/status",
          "/openai/models",
          "/openai/loadedmodels",
          "/openai/load/slm-demo",
          "/openai/unload/slm-demo",
          "/openai/unloadall",
          "/openai/download",
          "/slm/stop",
          "/slm/loaded");

  @Test
  void foreignHostsAndPagesAreKeptOutOfEveryRoute() throws IOException {
    List<List<String>> foreign =
        List.of(
            List.of("Host: evil.example"),
            List.of("Host: localhost", "Origin: http://evil.example"),
            List.of("Host: localhost", "Origin: null"),
            List.of("Host: localhost", "Sec-Fetch-Site: cross-site"));
    try (TestService service = TestService.start(folder)) {
      for (String path : ROUTES) {
        for (List<String> headers : foreign) {
          for (String method : List.of("GET", "POST", "OPTIONS")) {
            try (RawClient client = service.client()) {
              String[] lines = headers.toArray(String[]::new);
              RawClient.Reply reply = client.sendLines(method + " " + path, lines).reply();

              assertThat(reply.status()).as(method + " " + path + " " + headers).isEqualTo(403);
            }
          }
        }
      }
      assertThat(service.get("/health").status()).isEqualTo(200);
    }
  }

  @Test
  void otherMethodsAreRefusedOnEveryRoute() throws IOException {
    try (TestService service = TestService.start(folder);
        RawClient client = service.client()) {
      for (String path : ROUTES) {
        for (String method : List.of("PUT", "DELETE", "PATCH", "TRACE", "HEAD")) {
          boolean hasBody = !method.equals("HEAD");
          RawClient.Reply reply =
              hasBody
                  ? client.sendLines(method + " " + path, "Host: localhost").reply()
                  : headOf(service, path);

          assertThat(reply.status()).as(method + " " + path).isEqualTo(405);
          assertThat(reply.header("allow")).as(method + " " + path).matches("GET|POST");
        }
      }
    }
  }

  private static RawClient.Reply headOf(TestService service, String path) throws IOException {
    try (RawClient client = service.client()) {
      String head = client.sendLines("HEAD " + path, "Host: localhost").until("\r\n\r\n");
      return new RawClient.Reply(Integer.parseInt(head.substring(9, 12)), head, "");
    }
  }

  @Test
  void aPortInUseIsOneClearProblem() {
    try (TestService service = TestService.start(folder)) {
      ServiceOptions same = ServiceOptions.DEFAULT.withPort(service.port());

      assertThatExceptionOfType(Problem.class)
          .isThrownBy(() -> TestService.start(folder.resolve("other"), same, Downloads.NONE))
          .satisfies(problem -> assertThat(problem.status()).isEqualTo(Problem.Status.BUSY))
          .satisfies(
              problem -> assertThat(problem.why().orElse("")).contains("another slm service"));
      assertThatExceptionOfType(Problem.class)
          .isThrownBy(same::checkPort)
          .satisfies(problem -> assertThat(problem.status()).isEqualTo(Problem.Status.BUSY));
    }
  }

  @Test
  void aPortOfAnotherProgramIsNotCalledOurs() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServiceOptions options = ServiceOptions.DEFAULT.withPort(other.getLocalPort());

      assertThatExceptionOfType(Problem.class)
          .isThrownBy(options::checkPort)
          .satisfies(problem -> assertThat(problem.why().orElse("")).contains("another program"));
    }
    ServiceOptions.DEFAULT.withPort(0).checkPort();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no such permissions")
  void theStateFileIsForItsOwnerAlone() throws IOException {
    try (TestService service = TestService.start(folder)) {
      Path file = folder.resolve("state/service.state");

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(ServiceState.await(folder.resolve("state")))
          .map(ServiceState::url)
          .contains(service.service().url());
    }
    assertThat(ServiceState.await(folder.resolve("state"))).isEmpty();
  }

  @Test
  void theStateOfADeadProcessIsNoService() {
    ServiceState dead =
        new ServiceState(ServiceState.Phase.RUNNING, 4_000_000, 1, "127.0.0.1", 5273, "x");
    dead.write(folder);

    assertThat(ServiceState.find(folder)).isEmpty();
    assertThat(ServiceState.await(folder)).isEmpty();
  }

  @Test
  void statusWaitsForAServiceThatStarts() throws Exception {
    ServiceState.ofThisProcess(ServiceState.Phase.STARTING, "127.0.0.1", 1, "x").write(folder);
    try (TestService service = TestService.start(folder.resolve("other"))) {
      Thread starter =
          Thread.ofPlatform()
              .start(
                  () ->
                      ServiceState.ofThisProcess(
                              ServiceState.Phase.RUNNING, "127.0.0.1", service.port(), "x")
                          .write(folder));

      assertThat(ServiceState.await(folder)).map(ServiceState::port).contains(service.port());
      starter.join();
    }
  }

  @Test
  void anIdleServiceEnds() throws Exception {
    ServiceOptions options =
        new ServiceOptions(
            "127.0.0.1",
            0,
            Optional.empty(),
            Set.of(),
            Set.of(),
            false,
            1,
            1,
            Duration.ZERO,
            Duration.ofMillis(100));
    try (TestService service = TestService.start(folder, options, Downloads.NONE)) {
      assertThat(service.service().awaitEnd(Duration.ofSeconds(10))).isTrue();
    }
  }
}
