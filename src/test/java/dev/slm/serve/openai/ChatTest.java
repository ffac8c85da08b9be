package dev.slm.serve.openai;

import static dev.slm.serve.TestService.json;
import static dev.slm.serve.TestService.question;
import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Json;
import dev.slm.serve.TestService;
import dev.slm.serve.http.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Answers as OpenAI's clients read them. */
class ChatTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String TEXT = "List every model with its size.";

  private TestService service;

  @BeforeEach
  void start(@TempDir Path folder) {
    service = TestService.start(folder);
    service.say(TEXT);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aWholeAnswerHasEveryRequiredMember() throws IOException {
    RawClient.Reply reply = service.post(CHAT, question(""));
    JsonNode body = json(reply);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("application/json");
    assertThat(body.path("id").asString()).startsWith("chatcmpl-");
    assertThat(body.path("object").asString()).isEqualTo("chat.completion");
    assertThat(body.path("created").asLong()).isPositive();
    assertThat(body.path("model").asString()).isEqualTo(TestService.MODEL);
    JsonNode choice = body.at("/choices/0");
    assertThat(choice.path("index").asInt(-1)).isZero();
    assertThat(choice.at("/message/role").asString()).isEqualTo("assistant");
    assertThat(choice.at("/message/content").asString()).isEqualTo(TEXT);
    assertThat(choice.at("/message/refusal").isNull()).isTrue();
    assertThat(choice.path("logprobs").isNull()).isTrue();
    assertThat(choice.path("finish_reason").asString()).isEqualTo("stop");
    int prompt = body.at("/usage/prompt_tokens").asInt();
    int answer = body.at("/usage/completion_tokens").asInt();
    assertThat(prompt).isGreaterThan(5);
    assertThat(answer).isEqualTo(service.tokens(TEXT));
    assertThat(body.at("/usage/total_tokens").asInt()).isEqualTo(prompt + answer);
  }

  @Test
  void aStreamHasARoleTheTextAReasonAndAnEnd() throws IOException {
    List<JsonNode> chunks = stream(question("\"stream\": true"));

    assertThat(chunks.getFirst().at("/choices/0/delta/role").asString()).isEqualTo("assistant");
    assertThat(text(chunks)).isEqualTo(TEXT);
    assertThat(chunks).extracting(c -> c.path("id").asString()).containsOnly(id(chunks));
    assertThat(chunks)
        .extracting(c -> c.path("object").asString())
        .containsOnly("chat.completion.chunk");
    assertThat(chunks).noneMatch(c -> c.has("usage"));
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allMatch(c -> c.at("/choices/0/finish_reason").isNull());
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(chunks.getLast().at("/choices/0/delta").isEmpty()).isTrue();
  }

  @Test
  void usageComesInAPartOfItsOwnWhenItIsAskedFor() throws IOException {
    List<JsonNode> chunks =
        stream(question("\"stream\": true, \"stream_options\": {\"include_usage\": true}"));

    assertThat(chunks.getLast().path("choices").isEmpty()).isTrue();
    assertThat(chunks.getLast().at("/usage/completion_tokens").asInt())
        .isEqualTo(service.tokens(TEXT));
    assertThat(chunks.subList(0, chunks.size() - 1))
        .allMatch(c -> c.has("usage") && c.path("usage").isNull());
  }

  @Test
  void theLimitOfTokensIsTheReasonOfTheEnd() throws IOException {
    JsonNode whole = json(service.post(CHAT, question("\"max_completion_tokens\": 2")));
    List<JsonNode> chunks = stream(question("\"stream\": true, \"max_tokens\": 2"));

    assertThat(whole.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(whole.at("/usage/completion_tokens").asInt()).isEqualTo(2);
    assertThat(chunks.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("length");
  }

  @Test
  void aStopStringEndsTheAnswer() throws IOException {
    JsonNode whole = json(service.post(CHAT, question("\"stop\": [\"el wi\"]")));
    List<JsonNode> chunks = stream(question("\"stream\": true, \"stop\": \"el wi\""));

    assertThat(whole.at("/choices/0/message/content").asString()).isEqualTo("List every mod");
    assertThat(whole.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
    assertThat(text(chunks)).isEqualTo("List every mod");
  }

  @Test
  void probabilitiesComeWithEachToken() throws IOException {
    String fields = "\"logprobs\": true, \"top_logprobs\": 1";
    JsonNode whole = json(service.post(CHAT, question(fields)));
    List<JsonNode> chunks = stream(question("\"stream\": true, " + fields));

    JsonNode content = whole.at("/choices/0/logprobs/content");
    assertThat(content).hasSize(service.tokens(TEXT));
    assertThat(content.at("/0/logprob").asDouble()).isEqualTo(-0.5);
    assertThat(content.at("/0/bytes").isArray()).isTrue();
    assertThat(content.at("/0/top_logprobs")).hasSize(1);
    int streamed = chunks.stream().mapToInt(c -> c.at("/choices/0/logprobs/content").size()).sum();
    assertThat(streamed).isEqualTo(content.size());
  }

  @Test
  void aTextIsContinued() throws IOException {
    String body = "{\"model\": \"slm-demo\", \"prompt\": \"Hello\", \"logprobs\": 1}";
    JsonNode whole = json(service.post("/v1/completions", body));

    assertThat(whole.path("object").asString()).isEqualTo("text_completion");
    assertThat(whole.at("/choices/0/text").asString()).isEqualTo(TEXT);
    assertThat(whole.at("/choices/0/logprobs/tokens")).hasSize(service.tokens(TEXT));
    assertThat(whole.at("/usage/total_tokens").asInt()).isGreaterThan(service.tokens(TEXT));
  }

  @Test
  void aTextIsContinuedPieceByPiece() throws IOException {
    String body = "{\"model\": \"slm-demo\", \"prompt\": \"Hello\", \"stream\": true}";
    List<JsonNode> parts = stream("/v1/completions", body);

    StringBuilder text = new StringBuilder();
    parts.forEach(part -> text.append(part.at("/choices/0/text").asString()));
    assertThat(text).hasToString(TEXT);
    assertThat(parts.getLast().at("/choices/0/finish_reason").asString()).isEqualTo("stop");
  }

  @Test
  void allNamesOfAModelLeadToIt() throws IOException {
    for (String name : List.of("slm-demo", "slm-demo-int4", "slm-demo-int4:1")) {
      RawClient.Reply reply = service.post(CHAT, question("").replace(TestService.MODEL, name));

      assertThat(json(reply).path("model").asString()).as(name).isEqualTo(TestService.MODEL);
    }
    assertThat(service.engine.openModels()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"slm-dem", "../x", "a:b", "C:\\\\x", "\\u001b[31m", "slm-demo-int4:7", "x/y/z"})
  void anUnknownModelIsNotFound(String name) throws IOException {
    RawClient.Reply reply = service.post(CHAT, question("").replace(TestService.MODEL, name));
    JsonNode error = json(reply).path("error");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(error.path("code").asString()).isEqualTo("model_not_found");
    assertThat(error.path("type").asString()).isEqualTo("invalid_request_error");
    assertThat(error.path("param").asString()).isEqualTo("model");
    assertThat(service.engine.openModels()).isZero();
  }

  @Test
  void aMistypedModelGetsTheNearestNames() throws IOException {
    RawClient.Reply reply = service.post(CHAT, question("").replace(TestService.MODEL, "slm-dmeo"));

    assertThat(json(reply).at("/error/message").asString()).contains("did you mean slm-demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"stream\": true"})
  void aPromptLongerThanTheContextIsRefusedBeforeAnyRun(String fields) throws IOException {
    String prompt = question(fields).replace("Hello", "word ".repeat(3_000));
    RawClient.Reply reply = service.post(CHAT, prompt);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).at("/error/message").asString())
        .matches("the prompt has [0-9,]+ tokens, the context of 'slm-demo-int4' 256.*");
    assertThat(service.engine.prompts()).isEmpty();
  }

  @Test
  void aBiasOfATokenThatDoesNotExistIsRefused() throws IOException {
    RawClient.Reply reply = service.post(CHAT, question("\"logit_bias\": {\"999999\": 1}"));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).at("/error/param").asString()).isEqualTo("logit_bias.999999");
  }

  @ParameterizedTest
  @ValueSource(ints = {10_000, 500_000, 8_000_000})
  void aPromptLongerThanTheContextIsRefusedBeforeAnythingRuns(int characters) throws IOException {
    String text = "Hello you. ".repeat(characters / 11);
    RawClient.Reply reply = service.post(CHAT, question("").replace("Hello", text));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(json(reply).at("/error/message").asString())
        .containsPattern("^the (prompt|conversation) has [0-9,]+ (tokens|characters), ");
    assertThat(service.engine.prompts()).isEmpty();
  }

  @Test
  void aNameWithItsOwnerIsAnUnknownModelAndNotAnUnknownPath() throws IOException {
    for (String path : List.of("/v1/models/acme/tiny", "/v1/models/acme%2Ftiny")) {
      RawClient.Reply reply = service.get(path);

      assertThat(reply.status()).as(path).isEqualTo(404);
      assertThat(json(reply).at("/error/code").asString()).as(path).isEqualTo("model_not_found");
    }
  }

  @Test
  void modelsAreListedAndFound() throws IOException {
    JsonNode list = json(service.get("/v1/models"));
    JsonNode one = json(service.get("/v1/models/slm-demo-int4%3A1"));

    assertThat(list.path("object").asString()).isEqualTo("list");
    assertThat(list.path("data")).hasSize(1);
    assertThat(list.at("/data/0")).isEqualTo(one);
    assertThat(one.path("id").asString()).isEqualTo(TestService.MODEL);
    assertThat(one.path("object").asString()).isEqualTo("model");
    assertThat(one.path("created").asLong()).isPositive();
    assertThat(one.path("owned_by").asString()).isNotEmpty();
    assertThat(service.get("/v1/models/nothing").status()).isEqualTo(404);
  }

  private List<JsonNode> stream(String body) throws IOException {
    return stream(CHAT, body);
  }

  private List<JsonNode> stream(String path, String body) throws IOException {
    try (RawClient client = service.client()) {
      String stream = client.sendPost(path, body).until("\r\n0\r\n\r\n");
      assertThat(stream).contains("Content-Type: text/event-stream").contains("data: [DONE]");
      List<JsonNode> chunks = new ArrayList<>();
      stream
          .lines()
          .filter(line -> line.startsWith("data: {"))
          .forEach(line -> chunks.add(Json.lenient().readTree(line.substring(6))));
      return chunks;
    }
  }

  private static String text(List<JsonNode> chunks) {
    StringBuilder text = new StringBuilder();
    chunks.forEach(c -> text.append(c.at("/choices/0/delta/content").asString("")));
    return text.toString();
  }

  private static String id(List<JsonNode> chunks) {
    return chunks.getFirst().path("id").asString();
  }
}
