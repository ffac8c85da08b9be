package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.measure.Benchmark;
import dev.slm.measure.BenchmarkFile;
import dev.slm.measure.BenchmarkReport;
import dev.slm.measure.BenchmarkRun;
import dev.slm.measure.BenchmarkSettings;
import dev.slm.measure.Comparison;
import dev.slm.measure.Evaluation;
import dev.slm.measure.EvaluationSet;
import dev.slm.measure.ModelResult;
import dev.slm.measure.PassMark;
import dev.slm.measure.RunFile;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Measures speed, memory and quality of models. */
public final class MeasureCommands implements CommandGroup {
  private static final String GROUP = "Measuring";
  private static final String REPORT = "benchmark_report.md";

  /** Where models are measured. */
  public interface Bench {
    Benchmark benchmark(Optional<URI> endpoint, boolean isStreamed);

    Evaluation evaluation(Optional<URI> endpoint);

    /** Frees what the session has loaded: a measured model is alone in memory. */
    void release();
  }

  private final Supplier<? extends List<String>> models;
  private final Map<String, String> environment;
  private final Bench bench;

  public MeasureCommands(
      Supplier<? extends List<String>> models, Map<String, String> environment, Bench bench) {
    this.models = models;
    this.environment = environment;
    this.bench = bench;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(run(), init(), compare(), evaluate());
  }

  private CommandSpec run() {
    return CommandSpec.named("benchmark run")
        .aliases("bench run", "benchmark", "bench")
        .group(GROUP)
        .says("Measures latency, tokens per second, memory and disk size of models.")
        .more(
            "Asks each model the same prompts, several rounds after a warm-up, at temperature 0."
                + " Honours BENCH_MODELS, BENCH_ROUNDS, BENCH_PROMPT, BENCH_STREAM and"
                + " FOUNDRY_LOCAL_ENDPOINT; options win.")
        .anyArguments("MODEL", "models to measure", Values.names(models))
        .option(
            "--config",
            "FILE",
            "models.json; benchmark init writes one",
            Values.filesEnding(".json"))
        .option("--prompts", "FILE", "one prompt a line, or a JSON list", Values.files())
        .option("--prompt", "TEXT", "the only prompt", Values.any())
        .option("--rounds", "N", "answers per prompt (3)", Values.whole(1, 9999))
        .option("--warmup", "N", "answers before the first measured one (1)", Values.whole(0, 100))
        .option("--max-tokens", "N", "longest answer (128)", Values.whole(1, 1_000_000))
        .flag("--stream", "let an endpoint stream, to see the first token")
        .option("--endpoint", "URL", "measure an OpenAI-compatible service", Values.any())
        .option("--json", "FILE", "keep the run as JSON, - prints it", Values.filesEnding(".json"))
        .option("--csv", "FILE", "keep the figures as CSV", Values.filesEnding(".csv"))
        .option("--markdown", "FILE", "the report, instead of " + REPORT, Values.filesEnding(".md"))
        .example("benchmark run slm-demo-int4 slm-demo-int8", "two precisions side by side")
        .example("benchmark run --config models.json --csv figures.csv", "as a file says")
        .runs(this::run);
  }

  private void run(Call call) {
    BenchmarkSettings settings = settings(call);
    Optional<URI> endpoint = endpoint(call);
    if (endpoint.isEmpty()) {
      bench.release();
    }
    BenchmarkRun run =
        bench.benchmark(endpoint, settings.isStreamed()).run(settings, call.progress());
    boolean isPrinted = call.option("json", "").equals("-");
    if (isPrinted) {
      call.screen().json(RunFile.tree(run));
    } else {
      call.screen().table(table(run));
    }
    if (run.results().stream().noneMatch(ModelResult::isGood)) {
      throw Problem.failed("no model could be measured")
          .why("no file was written: there is nothing to report");
    }
    call.pathOption("json")
        .filter(_ -> !isPrinted)
        .ifPresent(file -> keep(call, file, Json.pretty(RunFile.tree(run))));
    call.pathOption("csv").ifPresent(file -> keep(call, file, BenchmarkReport.csv(run)));
    keep(call, call.pathOption("markdown").orElse(Paths.of(REPORT)), BenchmarkReport.markdown(run));
  }

  private BenchmarkSettings settings(Call call) {
    BenchmarkSettings settings = BenchmarkSettings.DEFAULT;
    if (call.pathOption("config").isPresent()) {
      settings = BenchmarkFile.read(call.pathOption("config").get(), settings);
    }
    settings = settings.with(environment);
    List<String> named = call.arguments("MODEL");
    settings = named.isEmpty() ? settings : settings.withModels(named);
    if (call.pathOption("prompts").isPresent()) {
      settings = settings.withPrompts(BenchmarkFile.prompts(call.pathOption("prompts").get()));
    }
    if (call.option("prompt").isPresent()) {
      settings = settings.withPrompts(List.of(call.option("prompt").get()));
    }
    return settings
        .withRounds(call.whole("rounds", settings.rounds()))
        .withWarmup(call.whole("warmup", settings.warmup()))
        .withMaxTokens(call.whole("max-tokens", settings.maxTokens()))
        .withStream(call.flag("stream") || settings.isStreamed());
  }

  private Optional<URI> endpoint(Call call) {
    return call.option("endpoint")
        .or(() -> Optional.ofNullable(environment.get("FOUNDRY_LOCAL_ENDPOINT")))
        .filter(text -> !text.isBlank())
        .map(MeasureCommands::address);
  }

  private static URI address(String text) {
    try {
      URI uri = new URI(text.strip().replaceAll("/+$", ""));
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        boolean isBase = uri.getPath().isEmpty();
        return isBase ? new URI(uri + "/v1") : uri;
      }
    } catch (URISyntaxException e) {
      // the same answer as for another form
    }
    throw Problem.usage("'" + text + "' is not an endpoint")
        .why("expected an address such as http://localhost:5273/v1");
  }

  private static Table table(BenchmarkRun run) {
    Table table =
        Table.of(
            "MODEL",
            ">AVG",
            ">P50",
            ">P95",
            ">FIRST",
            ">PROMPT/S",
            ">ANSWER/S",
            ">TPS",
            ">LOAD",
            ">MEMORY",
            ">DISK",
            "STATUS");
    for (ModelResult result : run.results()) {
      table.row(
          result.model(),
          BenchmarkReport.seconds(result.latency().mean()),
          BenchmarkReport.seconds(result.latency().percentile(50)),
          BenchmarkReport.seconds(result.latency().percentile(95)),
          BenchmarkReport.seconds(result.firstToken().percentile(50)),
          BenchmarkReport.rate(result.promptRate()),
          BenchmarkReport.rate(result.answerRate()),
          BenchmarkReport.rate(result.workshopRate()),
          BenchmarkReport.seconds(result.loadSeconds()),
          BenchmarkReport.bytes(result.peakBytes()),
          BenchmarkReport.bytes(result.diskBytes()),
          result.isGood() ? "ok" : "failed");
    }
    return table;
  }

  private static void keep(Call call, Path file, String text) {
    DurableFile.write(file, text);
    call.screen().note("wrote " + file);
  }

  private static CommandSpec init() {
    return CommandSpec.named("benchmark init")
        .aliases("bench init")
        .group(GROUP)
        .says("Writes an example models.json for benchmark run --config.")
        .optionalArgument("FILE", "instead of models.json", Values.filesEnding(".json"))
        .flag("--force", "write over a file that is there")
        .example("benchmark init", "then edit it and run: benchmark run --config models.json")
        .runs(
            call -> {
              Path file = Paths.of(call.optional("FILE").orElse("models.json"));
              if (Files.exists(file) && !call.flag("force")) {
                throw Problem.failed("'" + file + "' is there already")
                    .next("benchmark init " + file + " --force");
              }
              keep(call, file, BenchmarkFile.EXAMPLE);
            });
  }

  private static CommandSpec compare() {
    return CommandSpec.named("benchmark compare")
        .aliases("bench compare")
        .group(GROUP)
        .says("Compares two kept runs and tells change from chance.")
        .argument("BEFORE", "JSON of an earlier run", Values.filesEnding(".json"))
        .argument("AFTER", "JSON of a later run", Values.filesEnding(".json"))
        .json()
        .example("benchmark compare monday.json today.json", "faster, slower or the same")
        .runs(
            call -> {
              List<Comparison> all =
                  Comparison.of(
                      RunFile.results(call.path("BEFORE")), RunFile.results(call.path("AFTER")));
              if (all.isEmpty()) {
                throw Problem.failed("the two runs measured no model in common");
              }
              if (call.flag("json")) {
                call.screen().json(all);
                return;
              }
              Table table = Table.of("MODEL", ">BEFORE", ">AFTER", ">CHANGE", "VERDICT");
              for (Comparison it : all) {
                table.row(
                    it.model(),
                    BenchmarkReport.seconds(it.before()),
                    BenchmarkReport.seconds(it.after()),
                    String.format(Locale.ROOT, "%+.1f %%", (it.ratio() - 1) * 100),
                    it.verdict());
              }
              call.screen().table(table);
            });
  }

  private CommandSpec evaluate() {
    return CommandSpec.named("evaluate")
        .aliases("eval")
        .group(GROUP)
        .says("Asks models questions with known answers and counts the right ones.")
        .more(
            "A set is a JSON list of {\"prompt\": …} with one of exact, starts_with, contains_all,"
                + " contains_any or regex. 'slm-demo' names the set of the demo model.")
        .someArguments("MODEL", "models to ask", Values.names(models))
        .option(
            "--set", "FILE", "the questions", Values.suggest(EvaluationSet.DEMO).or(Values.files()))
        .option(
            "--min-score",
            "PERCENT",
            "fail when a model has less: 70, 70% or the share 0.7; 1 is all",
            Values.written(
                text -> PassMark.parse(text).isPresent(),
                "takes a percentage such as 70 or 70%, or a share such as 0.7"))
        .option("--max-tokens", "N", "longest answer (64)", Values.whole(1, 1_000_000))
        .option("--endpoint", "URL", "ask an OpenAI-compatible service", Values.any())
        .flag("--wrong", "show the wrong answers")
        .json()
        .example("evaluate slm-demo-int4 --set slm-demo --min-score 70", "fails below 70 %")
        .runs(this::evaluate);
  }

  private void evaluate(Call call) {
    String name =
        call.option("set")
            .orElseThrow(
                () -> Problem.usage("no questions").next("evaluate MODEL --set questions.json"));
    EvaluationSet set = EvaluationSet.read(name, Paths.of(name));
    Optional<URI> endpoint = endpoint(call);
    if (endpoint.isEmpty()) {
      bench.release();
    }
    long start = System.nanoTime();
    List<Evaluation.Score> scores =
        bench
            .evaluation(endpoint)
            .run(call.arguments("MODEL"), set, call.whole("max-tokens", 64), call.progress());
    show(call, scores);
    call.screen()
        .note(
            set.questions().size()
                + " questions in "
                + Units.time(Duration.ofNanos(System.nanoTime() - start)));
    refuse(scores, call.option("min-score").flatMap(PassMark::parse).orElse(PassMark.NONE));
  }

  private static void show(Call call, List<Evaluation.Score> scores) {
    if (call.flag("json")) {
      call.screen().json(scores);
      return;
    }
    Table table = Table.of("MODEL", ">RIGHT", ">OF", ">SCORE", "STATUS");
    for (Evaluation.Score score : scores) {
      boolean isGood = score.failure().isEmpty();
      table.row(
          score.model(),
          score.right(),
          score.answers().size(),
          isGood ? BenchmarkReport.percent(score.share()) : "",
          isGood ? "ok" : "failed: " + score.failure());
    }
    call.screen().table(table);
    if (call.flag("wrong")) {
      showWrong(call, scores);
    }
  }

  private static void showWrong(Call call, List<Evaluation.Score> scores) {
    Table table = Table.of("MODEL", "PROMPT", "EXPECTED", "SAID");
    for (Evaluation.Score score : scores) {
      score.answers().stream()
          .filter(marked -> !marked.isRight())
          .forEach(
              marked ->
                  table.row(
                      score.model(),
                      marked.prompt(),
                      String.join(", ", marked.expected()),
                      marked.answer().strip()));
    }
    call.screen().table(table);
  }

  /**
   * Fails with everything that is not as it must be: who could not be asked, and who has too few.
   */
  private static void refuse(List<Evaluation.Score> scores, PassMark mark) {
    List<String> reasons = new ArrayList<>();
    String failed =
        scores.stream()
            .filter(score -> !score.failure().isEmpty())
            .map(Evaluation.Score::model)
            .collect(Collectors.joining(", "));
    if (!failed.isEmpty()) {
      reasons.add("could not be asked: " + failed);
    }
    String below =
        scores.stream()
            .filter(score -> score.failure().isEmpty() && !mark.isReached(score))
            .map(score -> below(score, mark))
            .collect(Collectors.joining(", "));
    if (!below.isEmpty()) {
      reasons.add("below the score of " + mark + ": " + below);
    }
    if (!reasons.isEmpty()) {
      throw Problem.failed(String.join("; ", reasons));
    }
  }

  private static String below(Evaluation.Score score, PassMark mark) {
    int answers = score.answers().size();
    return "%s has %d of %d right, needs %d"
        .formatted(score.model(), score.right(), answers, mark.needed(answers));
  }
}
