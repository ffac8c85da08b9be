package dev.slm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BenchmarkTest {
  private static final Charset UTF_8 = StandardCharsets.UTF_8;
  private static final String WHOLE =
      """
      {"choices":[{"message":{"content":"four | words are\\nhere"}}],
       "usage":{"prompt_tokens":10,"completion_tokens":4}}""";

  @TempDir Path folder;
  private final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;
  private final URI endpoint;

  BenchmarkTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  @BeforeEach
  void start() {
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode body = Json.lenient().readTree(exchange.getRequestBody().readAllBytes());
    asked.add(body);
    boolean isKnown = !body.path("model").stringValue().equals("missing");
    exchange.sendResponseHeaders(isKnown ? 200 : 404, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      if (!isKnown) {
        out.write("{\"error\":{\"message\":\"no such \\u001b[31mmodel\"}}".getBytes(UTF_8));
      } else if (body.path("stream").asBoolean(false)) {
        for (String piece : List.of("one ", "two ", "three")) {
          String event =
              Json.line(Map.of("choices", List.of(Map.of("delta", Map.of("content", piece)))));
          out.write(("data: " + event + "\n\n").getBytes(UTF_8));
          out.flush();
        }
        out.write(
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n"
                .getBytes(UTF_8));
      } else {
        out.write(WHOLE.getBytes(UTF_8));
      }
    }
  }

  @Test
  void everyPromptIsAskedInEveryRoundAfterTheWarmUp() {
    BenchmarkRun run = run(settings("a").withPrompts(List.of("p", "q")).withRounds(3));

    assertThat(asked).hasSize(1 + 6);
    assertThat(run.results().getFirst().samples())
        .extracting(Sample::prompt)
        .containsExactly("p", "q", "p", "q", "p", "q");
    assertThat(asked.getFirst().path("temperature").asDouble()).isZero();
  }

  @Test
  void workshopsFigureCountsAllTokensByTheWholeTime() {
    Sample sample = run(settings("a")).results().getFirst().samples().getFirst();

    assertThat(sample.promptTokens()).isEqualTo(10);
    assertThat(sample.answerTokens()).isEqualTo(4);
    assertThat(sample.workshopRate()).isCloseTo(14 / sample.seconds(), within(1e-9));
    assertThat(sample.firstTokenSeconds()).isZero();
    assertThat(sample.answerRate()).isZero();
  }

  @Test
  void streamShowsTheFirstToken() {
    Sample sample = run(settings("a").withStream(true)).results().getFirst().samples().getFirst();

    assertThat(sample.answer()).isEqualTo("one two three");
    assertThat(sample.answerTokens()).isEqualTo(3);
    assertThat(sample.firstTokenSeconds()).isPositive().isLessThanOrEqualTo(sample.seconds());
  }

  @Test
  void modelThatFailsIsReportedAndTheRunGoesOn() {
    BenchmarkRun run = run(settings("missing", "a"));

    assertThat(run.results()).extracting(ModelResult::isGood).containsExactly(false, true);
    assertThat(run.results().getFirst().failure())
        .isEqualTo("'missing' did not answer: status 404: no such \\x1b[31mmodel");
    assertThat(BenchmarkReport.markdown(run)).contains("failed: 'missing' did not answer");
  }

  @Test
  void whatWasMeasuredWhenSomebodyEndedTheRunIsKept() throws IOException {
    BenchmarkSettings settings = settings("a", "b", "c").withRounds(3).withWarmup(0);
    BenchmarkRun run = Benchmark.at(endpoint, "key", false, "test").run(settings, endsAfter(4));

    assertThat(run.isCut()).isTrue();
    assertThat(run.results())
        .extracting(ModelResult::model, run::status)
        .containsExactly(tuple("a", "ok"), tuple("b", "ended after 1 of 3 answers"));
    assertThat(BenchmarkReport.markdown(run))
        .contains("| ended after 1 of 3 answers |", "was ended");
    assertThat(RunFile.tree(run)).containsEntry("is_cut", true);
    assertThat(RunFile.results(write(Json.pretty(RunFile.tree(run))))).hasSize(2);
  }

  @Test
  void aRunThatWasEndedBeforeItsFirstAnswerIsNone() {
    Problem problem =
        catchThrowableOfType(
            Problem.class,
            () -> Benchmark.at(endpoint, "key", false, "test").run(settings("a"), endsAfter(0)));

    assertThat(problem.status()).isEqualTo(Problem.Status.INTERRUPTED);
  }

  @Test
  void whatWasAnsweredWhenSomebodyEndedAnEvaluationIsKept() throws IOException {
    Path questions =
        write("[{'prompt':'p','exact':'x'},{'prompt':'q','exact':'y'}]".replace('\'', '"'));
    EvaluationSet set = EvaluationSet.read(questions.toString(), questions);
    Evaluation evaluation = Evaluation.at(endpoint, "key");
    List<String> models = List.of("a", "b", "c");

    List<Evaluation.Score> scores = evaluation.run(models, set, 9, endsAfter(3));
    Problem problem =
        catchThrowableOfType(Problem.class, () -> evaluation.run(models, set, 9, endsAfter(0)));

    assertThat(scores)
        .extracting(Evaluation.Score::model, it -> it.answers().size(), Evaluation.Score::wasCut)
        .containsExactly(tuple("a", 2, false), tuple("b", 1, true));
    assertThat(problem.status()).isEqualTo(Problem.Status.INTERRUPTED);
  }

  /** A person who presses Ctrl-C after so many answers. */
  private static Progress endsAfter(int answers) {
    AtomicLong counted = new AtomicLong();
    return new Progress() {
      @Override
      public void advance(long amount) {
        counted.addAndGet(amount);
      }

      @Override
      public boolean isCancelled() {
        return counted.get() >= answers;
      }
    };
  }

  @Test
  void reportBeginsWithTheWorkshopsTable() {
    String report = BenchmarkReport.markdown(run(settings("a")));

    assertThat(report.lines().skip(2).limit(3))
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("| Model | Avg Latency | p95 | TPS |"),
            line -> assertThat(line).isEqualTo("| --- | ---: | ---: | ---: |"),
            line ->
                assertThat(line)
                    .matches("\\| a \\| \\d+\\.\\d{3} s \\| \\d+\\.\\d{3} s \\| [\\d.]+ \\|"));
    assertThat(report).contains("> four \\| words are here");
  }

  @Test
  void figuresForSpreadsheetsStayFigures() {
    List<String> lines = BenchmarkReport.csv(run(settings("=cmd()"))).lines().toList();

    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst().split(",")).hasSize(15);
    assertThat(lines.getLast()).startsWith("'=cmd(),ok,0.");
  }

  @Test
  void whatWasNotMeasuredIsEmptyAndNotZero() {
    BenchmarkRun run = run(settings("missing", "a"));

    List<String> lines = BenchmarkReport.csv(run).lines().toList();
    JsonNode results = Json.lenient().valueToTree(RunFile.tree(run)).path("results");

    assertThat(lines.get(1)).endsWith("31mmodel,,,,,,,,,,,,0,").doesNotContain("0.0");
    assertThat(lines.get(2).split(",", -1)[6]).as("first token, not streamed").isEmpty();
    assertThat(results.at("/0/latency_avg_s").isNull()).isTrue();
    assertThat(results.at("/1/first_token_p50_s").isNull()).isTrue();
    assertThat(results.at("/1/peak_bytes").isNull()).as("behind an endpoint").isTrue();
    assertThat(BenchmarkReport.markdown(run)).doesNotContain("peak memory is");
  }

  @Test
  void keptRunIsReadBackAndComparedWithItself() throws IOException {
    BenchmarkRun run = run(settings("a").withRounds(5));
    Path file = Files.writeString(folder.resolve("run.json"), Json.pretty(RunFile.tree(run)));

    List<ModelResult> read = RunFile.results(file);

    assertThat(read).isEqualTo(run.results());
    assertThat(Comparison.of(read, run.results()))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.ratio()).isEqualTo(1);
              assertThat(it.verdict()).isEqualTo("same");
            });
  }

  @Test
  void changeBeyondChanceIsNamed() {
    List<ModelResult> before = List.of(result(1.0, 1.01, 1.02));
    List<ModelResult> after = List.of(result(0.5, 0.51, 0.52));

    assertThat(Comparison.of(before, after).getFirst().verdict()).isEqualTo("faster");
    assertThat(Comparison.of(after, before).getFirst().verdict()).isEqualTo("slower");
  }

  private static ModelResult result(double... seconds) {
    List<Sample> samples = new ArrayList<>();
    for (double second : seconds) {
      samples.add(new Sample("p", "a", second, 0, 1, 0, 1));
    }
    return new ModelResult("m", "", 0, 0, 0, samples);
  }

  @Test
  void percentilesAreExact() {
    Figures figures = Figures.of(List.of(15.0, 20.0, 35.0, 40.0, 50.0));

    assertThat(figures.percentile(50)).isEqualTo(35);
    assertThat(figures.percentile(40)).isCloseTo(29, within(1e-9));
    assertThat(figures.percentile(95)).isCloseTo(48, within(1e-9));
    assertThat(figures.percentile(0)).isEqualTo(15);
    assertThat(figures.percentile(100)).isEqualTo(50);
    assertThat(figures.mean()).isEqualTo(32);
    assertThat(Figures.of(List.of(2.0)).percentile(95)).isEqualTo(2);
    assertThat(Figures.of(List.of(1.0, 3.0)).spread()).isCloseTo(Math.sqrt(2) / 2, within(1e-9));
  }

  @Test
  void endpointThatIsNotThereIsAFailureOfTheModel() {
    server.stop(0);

    ModelResult result = run(settings("a")).results().getFirst();

    assertThat(result.failure()).startsWith("no answer from '" + endpoint + "'");
  }

  @Test
  void configurationOfTheWorkshopIsReadInBothForms() throws IOException {
    Path plain = write("{\"a\":{\"capabilities\":[\"chat\"],\"size_mb\":7},\"b\":{}}");
    BenchmarkSettings read = BenchmarkFile.read(plain, BenchmarkSettings.DEFAULT);
    BenchmarkSettings example =
        BenchmarkFile.read(
            write(BenchmarkFile.example(Map.of("a \"b\"", 1_500_000L))), BenchmarkSettings.DEFAULT);

    assertThat(read.models()).containsExactly("a", "b");
    assertThat(read.tags().get("a")).isEqualTo(new BenchmarkSettings.Tag(List.of("chat"), 7));
    assertThat(example.models()).containsExactly("a \"b\"");
    assertThat(example.tags())
        .containsEntry("a \"b\"", new BenchmarkSettings.Tag(List.of("chat"), 2));
    assertThat(BenchmarkFile.example(Map.of())).contains("\"slm-demo\": {");
    assertThat(example.isStreamed()).isTrue();
  }

  @Test
  void allMistakesOfAConfigurationAreNamedAtOnce() throws IOException {
    Path file =
        write(
            """
            {"models":{"a":{"capabilities":"chat","size":3,"size_mb":-1}},"prompts":["",5],"rounds":0,
             "stream":"yes","temperature":1}""");

    Problem problem =
        catchThrowableOfType(
            Problem.class, () -> BenchmarkFile.read(file, BenchmarkSettings.DEFAULT));

    assertThat(problem.status()).isEqualTo(Problem.Status.BAD_FILE);
    assertThat(problem.what())
        .startsWith("8 mistakes in ")
        .contains("temperature: unknown")
        .contains("a.size: unknown")
        .contains("a.size_mb: '-1', expected a number from 0")
        .contains("a.capabilities: ")
        .contains("prompts[0]: ")
        .contains("prompts[1]: '5', expected a text")
        .contains("rounds: '0', expected a number from 1 to 9999")
        .contains("stream: ");
  }

  @Test
  void promptsAreLinesOrAList() throws IOException {
    Path lines = Files.writeString(folder.resolve("p.txt"), "# mine\n\n one \ntwo\n");
    Path list = Files.writeString(folder.resolve("p.json"), "[\"one\",\"two\"]");

    assertThat(BenchmarkFile.prompts(lines)).containsExactly("one", "two");
    assertThat(BenchmarkFile.prompts(list)).containsExactly("one", "two");
  }

  @Test
  void variablesOfTheWorkshopAreHonouredOrRefusedTogether() {
    BenchmarkSettings read =
        BenchmarkSettings.DEFAULT.with(
            Map.of(
                "BENCH_MODELS",
                "a,b c",
                "BENCH_ROUNDS",
                "5",
                "BENCH_PROMPT",
                "hi",
                "BENCH_STREAM",
                "1"));
    Problem problem =
        catchThrowableOfType(
            Problem.class,
            () ->
                BenchmarkSettings.DEFAULT.with(
                    Map.of("BENCH_ROUNDS", "many", "BENCH_STREAM", "maybe")));

    assertThat(read.models()).containsExactly("a", "b", "c");
    assertThat(read.rounds()).isEqualTo(5);
    assertThat(read.prompts()).containsExactly("hi");
    assertThat(read.isStreamed()).isTrue();
    assertThat(problem.what()).contains("'many'").contains("'maybe'");
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("models.json"), json);
  }

  private BenchmarkRun run(BenchmarkSettings settings) {
    return Benchmark.at(endpoint, "key", settings.isStreamed(), "test")
        .run(settings, Progress.NONE);
  }

  private static BenchmarkSettings settings(String... models) {
    return BenchmarkSettings.DEFAULT
        .withModels(List.of(models))
        .withPrompts(List.of("p"))
        .withRounds(1);
  }
}
