package dev.slm.serve.foundry;

import static dev.slm.serve.TestService.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.Precision;
import dev.slm.serve.ServiceOptions;
import dev.slm.serve.TestService;
import dev.slm.serve.http.RawClient;
import dev.slm.serve.work.Downloads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What Foundry Local's 0.x clients read. */
class FoundryTest {
  private static final String REQUEST =
      """
      {"model": {"Name": "qwen-tiny-int4:1", "Uri": "x", "Publisher": "Qwen",
       "ProviderType": "AzureFoundryLocal", "PromptTemplate": null}, "IgnorePipeReport": true}
      """;

  private final AtomicReference<Problem> failure = new AtomicReference<>();
  private TestService service;

  @BeforeEach
  void start(@TempDir Path folder) {
    service =
        TestService.start(folder, ServiceOptions.DEFAULT.withPort(0), new ScriptedDownloads());
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void theListIsAnArrayWithEveryFieldThatSomeClientNeeds() throws IOException {
    JsonNode list = json(service.get("/foundry/list"));

    assertThat(list.isArray()).isTrue();
    assertThat(list)
        .extracting(e -> e.path("name").asString())
        .containsExactly("slm-demo-int4:1", "qwen-tiny-int4:1");
    for (JsonNode entry : list) {
      for (String text :
          List.of(
              "name",
              "displayName",
              "uri",
              "publisher",
              "parentModelUri",
              "licenseDescription",
              "alias",
              "license",
              "version",
              "minFLVersion")) {
        assertThat(entry.path(text).isString()).as(text).isTrue();
      }
      assertThat(entry.path("modelType").asString()).isEqualTo("ONNX");
      assertThat(entry.path("providerType").asString()).isEqualTo("AzureFoundry");
      assertThat(entry.path("task").asString()).isEqualTo("chat-completion");
      assertThat(entry.has("promptTemplate")).isTrue();
      assertThat(entry.at("/runtime/deviceType").asString()).isEqualTo("CPU");
      assertThat(entry.at("/runtime/executionProvider").asString())
          .isEqualTo("CPUExecutionProvider");
      assertThat(entry.path("fileSizeMb").isInt()).isTrue();
      assertThat(entry.at("/modelSettings/parameters").isArray()).isTrue();
      assertThat(entry.path("supportsToolCalling").isBoolean()).isTrue();
      assertThat(entry.path("maxOutputTokens").isInt()).isTrue();
    }
  }

  @Test
  void aModelIsLoadedListedAndUnloaded() throws IOException {
    assertThat(service.get("/openai/loadedmodels").body()).isEqualTo("[]");

    assertThat(service.get("/openai/load/slm-demo-int4:1?ttl=600&ep=").status()).isEqualTo(200);
    assertThat(service.get("/openai/load/slm-demo-int4%3A1?timeout=60").status()).isEqualTo(200);
    assertThat(service.get("/openai/loadedmodels").body()).isEqualTo("[\"slm-demo-int4:1\"]");
    assertThat(service.models.list().getFirst().expires()).isPresent();

    assertThat(service.get("/openai/unload/slm-demo-int4:1?force=true").status()).isEqualTo(200);
    assertThat(service.get("/openai/loadedmodels").body()).isEqualTo("[]");
    assertThat(service.engine.openModels()).isZero();
  }

  @Test
  void aModelThatIsNotHereGetsTheTextThatClientsLookFor() throws IOException {
    RawClient.Reply reply = service.get("/openai/load/qwen-tiny-int4:1?ttl=600");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).contains("No OpenAIService provider found for modelName");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ttl=-1", "ttl=x", "ttl=99999999", "ep=cuda"})
  void badQueriesAreRefusedByName(String query) throws IOException {
    RawClient.Reply reply = service.get("/openai/load/slm-demo-int4:1?" + query);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).at("/error/param").asString()).isEqualTo(query.split("=", 2)[0]);
  }

  @Test
  void theTokensOfAConversationAreCounted() throws IOException {
    String route = "/v1/chat/completions/tokenizer/encode/count";

    int few = json(service.post(route, TestService.question(""))).path("tokenCount").asInt();
    int more =
        json(service.post(route, TestService.question("").replace("Hello", "Hello there, you")))
            .path("tokenCount")
            .asInt();

    assertThat(few).isPositive();
    assertThat(more).isGreaterThan(few);
    assertThat(service.post(route, "{\"model\":\"slm-demo\"}").status()).isEqualTo(400);
  }

  @Test
  void placesAreTold() throws IOException {
    String root = service.cache.root().toString();

    assertThat(json(service.get("/foundry/cache")).path("location").asString()).isEqualTo(root);
    JsonNode status = json(service.get("/openai/status"));
    assertThat(status.path("modelDirPath").asString()).isEqualTo(root);
    assertThat(status.at("/endpoints/0").asString()).isEqualTo(service.service().url());
    assertThat(service.get("/openai/models").body()).isEqualTo("[\"slm-demo-int4:1\"]");
  }

  @Test
  void aDownloadIsToldAsAllFourClientsReadIt() throws IOException {
    List<String> chunks = download(REQUEST);

    assertThat(chunks.subList(0, chunks.size() - 2))
        .isNotEmpty()
        .allMatch(chunk -> chunk.matches("Total \\d+\\.\\d\\d% Downloading \\S+\n"));
    assertThat(chunks.get(chunks.size() - 2)).contains("[DONE]").endsWith("\n");
    assertThat(chunks.getLast())
        .startsWith("{")
        .endsWith("}")
        .isEqualTo("{\"success\":true,\"errorMessage\":null,\"error\":null}");
    assertThat(service.get("/openai/models").body()).contains("qwen-tiny-int4:1");
    assertThat(download(REQUEST)).hasSize(2);
  }

  @Test
  void theNamesOfFieldsMayHaveCapitals() throws IOException {
    List<String> chunks = download("{\"Model\": {\"name\": \"qwen-tiny\"}, \"token\": \"\"}");

    assertThat(chunks.getLast()).contains("\"success\":true");
  }

  @Test
  void aFailureIsToldInTheLastObjectWithoutBracesInItsText() throws IOException {
    failure.set(Problem.usage("the hub {wants} a licence"));
    List<String> chunks = download(REQUEST);

    JsonNode result = Json.lenient().readTree(chunks.getLast());
    assertThat(result.path("success").asBoolean(true)).isFalse();
    assertThat(result.path("errorMessage").asString()).isEqualTo("the hub (wants) a licence");
    assertThat(result.path("error")).isEqualTo(result.path("errorMessage"));
  }

  @Test
  void anUnknownModelIsToldInTheSameWay() throws IOException {
    List<String> chunks = download("{\"model\": {\"Name\": \"nothing:1\"}}");

    assertThat(chunks.getLast()).contains("\"success\":false").contains("nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"model\": 5}", "{\"model\": {\"Name\": 5}}"})
  void aDownloadWithoutANameIsRefused(String body) throws IOException {
    assertThat(service.post("/openai/download", body).status()).isEqualTo(400);
  }

  /** The answer's chunks as they were sent. */
  private List<String> download(String body) throws IOException {
    try (RawClient client = service.client()) {
      client.sendPost("/openai/download", body).until("\r\n\r\n");
      List<String> chunks = new ArrayList<>();
      while (true) {
        int size = Integer.parseInt(client.until("\r\n").strip(), 16);
        if (size == 0) {
          return chunks;
        }
        String chunk = client.until("\r\n");
        while (chunk.length() < size + 2) {
          chunk += client.until("\r\n");
        }
        chunks.add(chunk.substring(0, chunk.length() - 2));
      }
    }
  }

  /** A catalog of one model, which it adds to the cache or refuses. */
  private final class ScriptedDownloads implements Downloads {
    @Override
    public List<Offer> offers() {
      return List.of(
          new Offer(
              "qwen-tiny-int4",
              "qwen-tiny",
              "Qwen",
              "https://hub.test/Qwen/qwen-tiny",
              "apache-2.0",
              5_000_000,
              2_048));
    }

    @Override
    public void fetch(String name, Optional<String> token, Progress progress) {
      progress.start("model.onnx.data", 1_000, Progress.Unit.BYTES);
      for (int i = 0; i < 10; i++) {
        progress.advance(100);
      }
      Problem problem = failure.get();
      if (problem != null) {
        throw problem;
      }
      service.add("qwen-tiny", Precision.INT4);
    }
  }
}
