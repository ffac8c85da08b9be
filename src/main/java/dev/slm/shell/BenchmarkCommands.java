package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.measure.BenchmarkFile;
import dev.slm.measure.BenchmarkReport;
import dev.slm.measure.BenchmarkRun;
import dev.slm.measure.BenchmarkSettings;
import dev.slm.measure.Comparison;
import dev.slm.measure.ModelResult;
import dev.slm.measure.RunFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Measures speed and memory of models, and compares what was measured. */
public final class BenchmarkCommands implements CommandGroup {
  private static final String REPORT = "benchmark_report.md";

  private final Bench bench;
  private final Map<String, String> environment;

  public BenchmarkCommands(Bench bench, Map<String, String> environment) {
    this.bench = bench;
    this.environment = environment;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(run(), init(), compare());
  }

  private CommandSpec run() {
    return CommandSpec.named("benchmark run")
        .aliases("bench run", "benchmark", "bench")
        .group(Bench.GROUP)
        .says("Measures latency, tokens per second, memory and disk size of models.")
        .more(
            "Asks each model the same prompts, several rounds after a warm-up, at temperature 0."
                + " Honours BENCH_MODELS, BENCH_ROUNDS, BENCH_PROMPT, BENCH_STREAM and"
                + " FOUNDRY_LOCAL_ENDPOINT; options win.")
        .anyArguments("MODEL", "models to measure", Values.names(bench::names))
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
    Optional<URI> endpoint = Bench.endpoint(call, environment);
    ResultFiles files = files(call);
    if (endpoint.isEmpty()) {
      bench.release();
    }
    BenchmarkRun run =
        bench.benchmark(endpoint, settings.isStreamed()).run(settings, call.progress());
    if (call.option("json", "").equals("-")) {
      call.screen().json(RunFile.tree(run));
    } else {
      call.screen().table(table(run));
    }
    if (run.results().stream().noneMatch(ModelResult::isGood)) {
      throw Problem.failed("no model could be measured")
          .why("no file was written: there is nothing to report");
    }
    // what was measured until Ctrl-C is worth keeping
    call.console().cancellation().heard();
    files.write(call.screen(), run);
    if (run.isCut()) {
      throw Problem.interrupted();
    }
    refuseHalf(run.results());
  }

  /** The report is written and says it, too; a script has to know without reading it. */
  private static void refuseHalf(List<ModelResult> results) {
    List<ModelResult> failed = results.stream().filter(it -> !it.isGood()).toList();
    if (!failed.isEmpty()) {
      throw Problem.failed(
              "%d of %d models could not be measured".formatted(failed.size(), results.size()))
          .why(
              failed.stream()
                  .map(it -> it.model() + ": " + it.failure())
                  .collect(Collectors.joining("; ")));
    }
  }

  private static ResultFiles files(Call call) {
    ResultFiles files = new ResultFiles();
    call.pathOption("json")
        .filter(file -> !file.toString().equals("-"))
        .ifPresent(file -> files.add(file, run -> Json.pretty(RunFile.tree(run))));
    call.pathOption("csv").ifPresent(file -> files.add(file, BenchmarkReport::csv));
    files.add(call.pathOption("markdown").orElse(Paths.of(REPORT)), BenchmarkReport::markdown);
    return files;
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
          result.isGood() ? run.status(result) : "failed");
    }
    return table;
  }

  private CommandSpec init() {
    return CommandSpec.named("benchmark init")
        .aliases("bench init")
        .group(Bench.GROUP)
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
              DurableFile.write(file, BenchmarkFile.example(bench.sizes()));
              call.screen().note("wrote " + file);
            });
  }

  private static CommandSpec compare() {
    return CommandSpec.named("benchmark compare")
        .aliases("bench compare")
        .group(Bench.GROUP)
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
}
