package dev.slm.serve.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.serve.http.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Every field works or is refused by name: reliability S11, S13 and list 4.9. */
class RequestsTest {
  private static final String START =
      "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":";

  record Bad(String field, String body) {}

  static Stream<Bad> bad() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            RequestsTest.class.getResourceAsStream("/serve/bad-chat-requests.txt"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .map(line -> line.split("\t", 2))
              .map(parts -> new Bad(parts[0], parts[1]))
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("bad")
  void badRequestsAreRefusedByTheNameOfTheField(Bad bad) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> ChatRequest.parse(bytes(bad.body())))
        .satisfies(
            refusal -> {
              assertThat(refusal.status()).isEqualTo(400);
              assertThat(refusal.json().length()).isLessThan(2_000);
              if (!bad.field().equals("-")) {
                assertThat(param(refusal)).isEqualTo(bad.field());
                assertThat(refusal.getMessage()).contains("'" + bad.field() + "'");
              }
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"prompt\":\"\"",
        "\"prompt\":[]",
        "\"prompt\":[1,2,-1]",
        "\"prompt\":[[1,2]]",
        "\"prompt\":[\"a\",\"b\"]",
        "\"prompt\":null",
        "\"promt\":\"x\"",
      })
  void aCompletionNeedsOneText(String prompt) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> CompletionRequest.parse(bytes("{\"model\":\"m\"," + prompt + "}")))
        .satisfies(refusal -> assertThat(param(refusal)).isEqualTo("prompt"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"echo\":true", "\"suffix\":\"x\"", "\"best_of\":2", "\"logprobs\":6"})
  void aCompletionRefusesWhatItCannotDo(String field) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () ->
                CompletionRequest.parse(bytes("{\"model\":\"m\",\"prompt\":\"a\"," + field + "}")))
        .satisfies(refusal -> assertThat(field).contains("\"" + param(refusal) + "\""));
  }

  @Test
  void allMistakesAreToldAtOnce() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () ->
                ChatRequest.parse(
                    bytes(START + "\"a\"}],\"temperature\":3,\"max_tokens\":0,\"max_token\":1}")))
        .withMessage(
            "'max_tokens' is 0, not a whole number between 1 and 1000000; "
                + "'temperature' is 3, not a number between 0 and 2; "
                + "'max_token' is not a known field, did you mean 'max_tokens'?");
  }

  @Test
  void aFieldThatIsGivenTwiceIsNamed() {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> ChatRequest.parse(bytes(START + "\"a\"}],\"seed\":1,\"seed\":2}")))
        .withMessageStartingWith("'seed' is given twice")
        .satisfies(refusal -> assertThat(param(refusal)).isEqualTo("seed"));
  }

  @Test
  void aHugeListIsRefusedQuickly() {
    String messages = "{\"role\":\"user\",\"content\":\"a\"},".repeat(99_999);
    byte[] body =
        bytes("{\"model\":\"m\",\"messages\":[" + messages + "{\"role\":\"user\",\"content\":5}]}");

    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> ChatRequest.parse(body))
        .withMessageContaining("more than 2048");
  }

  static Stream<Arguments> huge() {
    return Stream.of(
        Arguments.of("stop", "\"stop\":[" + "\"a\",".repeat(99_999) + "\"a\"]"),
        Arguments.of("stop", "\"stop\":[\"" + "a".repeat(1_000_000) + "\"]"),
        Arguments.of("logit_bias", "\"logit_bias\":{" + tokens(500_000) + "}"),
        Arguments.of("user", "\"user\":\"" + "u".repeat(5_000_000) + "\""),
        Arguments.of("tools", "\"tools\":[" + "{},".repeat(999) + "{}]"),
        Arguments.of(
            "response_format.type",
            "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":"
                + "{\"pattern\":\"(a+)+$\",\"$ref\":\"#\"}}}"));
  }

  private static String tokens(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"" + i + "\":1")
        .collect(Collectors.joining(","));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("huge")
  void hugeValuesAreRefusedWithAShortAnswer(String field, String json) {
    byte[] body = bytes(START + "\"a\"}]," + json + "}");

    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> ChatRequest.parse(body))
        .satisfies(
            refusal -> {
              assertThat(param(refusal)).isEqualTo(field);
              assertThat(refusal.json().length()).isLessThan(1_000);
            });
  }

  @Test
  void aMillionPromptsAreRefused() {
    String prompts = "\"a\",".repeat(999_999) + "\"a\"";

    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(
            () -> CompletionRequest.parse(bytes("{\"model\":\"m\",\"prompt\":[" + prompts + "]}")))
        .satisfies(refusal -> assertThat(param(refusal)).isEqualTo("prompt"));
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    byte[] body = bytes(START + "\"x\"}]}");
    body[START.length() + 1] = (byte) 0xFF;

    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> ChatRequest.parse(body))
        .satisfies(refusal -> assertThat(refusal.status()).isEqualTo(400));
  }

  @Test
  void everyOptionOfARequestArrives() {
    String body =
        START
            + """
            [{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"role":"assistant","name":"helper","content":"c","refusal":null,"annotations":[],
             "reasoning_content":"hm"},
            {"role":"developer","content":"d"}],
            "stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":9,
            "temperature":0.5,"top_p":0.25,"top_k":7,"min_p":0.125,"seed":-3,"stop":["x","y"],
            "presence_penalty":1,"frequency_penalty":-1,"repetition_penalty":1.5,
            "logit_bias":{"5":-100},"logprobs":true,"top_logprobs":2,"n":1,"user":"u",
            "response_format":{"type":"text"},"tools":[],"tool_choice":"none","store":false,
            "parallel_tool_calls":true,"ep":"","max_tokens":null,"metadata":{"team":"a","run":7},
            "service_tier":"auto","verbosity":"medium","modalities":["text"],
            "prompt_cache_key":"k","safety_identifier":"s","prompt_cache_retention":"in_memory"}
            """;
    ChatRequest request = ChatRequest.parse(bytes(body));

    assertThat(request.messages())
        .isEqualTo(List.of(Message.user("ab"), Message.assistant("c"), Message.system("d")));
    assertThat(request.stream()).isTrue();
    assertThat(request.usageAtEnd()).isTrue();
    assertThat(request.logprobs()).isEqualTo(2);
    assertThat(request.sampling().apply(GenerationSettings.DEFAULT))
        .isEqualTo(
            new GenerationSettings(
                9,
                0.5,
                7,
                0.25,
                0.125,
                1.5,
                1,
                -1,
                0,
                OptionalLong.of(-3),
                List.of("x", "y"),
                Map.of(5, -100.0),
                0));
  }

  @Test
  void optionsThatFoundrysClientsPutIntoTheMetadataCount() {
    String body =
        START
            + """
            "a"}],"random_seed":5,
            "metadata":{"top_k":"40","random_seed":"9","ttl":"30","ep":"CPUExecutionProvider"}}
            """;

    ChatRequest request = ChatRequest.parse(bytes(body));

    GenerationSettings settings = request.sampling().apply(GenerationSettings.DEFAULT);
    assertThat(settings.topK()).isEqualTo(40);
    assertThat(settings.seed()).hasValue(5);
    assertThat(request.load().keepAlive()).contains(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          metadata | [1]
          metadata | {"a":{}}
          metadata | {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1,"o":1,"p":1,"q":1}
          top_k    | {"top_k":"many"}
          ep       | {"ep":"CUDAExecutionProvider"}
          """)
  void labelsThatAreNoneAreRefused(String field, String metadata) {
    String body = START + "\"a\"}],\"metadata\":" + metadata + "}";

    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> ChatRequest.parse(bytes(body)))
        .satisfies(refusal -> assertThat(param(refusal)).isEqualTo(field));
  }

  @Test
  void whatARequestDoesNotSayStaysTheModelsOwn() {
    GenerationSettings own = GenerationSettings.greedy(77).withTopK(3).withStop(List.of("#"));

    assertThat(ChatRequest.parse(bytes(START + "\"a\"}]}")).sampling().apply(own)).isEqualTo(own);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String param(Refusal refusal) {
    return JsonMapper.shared().readTree(refusal.json()).at("/error/param").asString("");
  }
}
