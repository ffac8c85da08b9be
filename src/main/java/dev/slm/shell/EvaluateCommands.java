package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.measure.BenchmarkReport;
import dev.slm.measure.Evaluation;
import dev.slm.measure.EvaluationSet;
import dev.slm.measure.PassMark;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Counts the right answers of models. */
public final class EvaluateCommands implements CommandGroup {
  private final Bench bench;
  private final Map<String, String> environment;

  public EvaluateCommands(Bench bench, Map<String, String> environment) {
    this.bench = bench;
    this.environment = environment;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(evaluate());
  }

  private CommandSpec evaluate() {
    return CommandSpec.named("evaluate")
        .aliases("eval")
        .group(Bench.GROUP)
        .says("Asks models questions with known answers and counts the right ones.")
        .more(
            "A set is a JSON list of {\"prompt\": …} with one of exact, starts_with, contains_all,"
                + " contains_any or regex. 'slm-demo' names the set of the demo model.")
        .someArguments("MODEL", "models to ask", Values.names(bench::names))
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
    Optional<URI> endpoint = Bench.endpoint(call, environment);
    if (endpoint.isEmpty()) {
      bench.release();
    }
    long start = System.nanoTime();
    List<Evaluation.Score> scores =
        bench
            .evaluation(endpoint)
            .run(call.arguments("MODEL"), set, call.whole("max-tokens", 64), call.progress());
    // what was answered until Ctrl-C is worth keeping
    call.console().cancellation().heard();
    show(call, scores);
    if (scores.getLast().wasCut()) {
      throw Problem.interrupted();
    }
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
          status(score));
    }
    call.screen().table(table);
    if (call.flag("wrong")) {
      showWrong(call, scores);
    }
  }

  private static String status(Evaluation.Score score) {
    if (score.wasCut()) {
      return "ended after %d of %d answers".formatted(score.answers().size(), score.questions());
    }
    return score.failure().isEmpty() ? "ok" : "failed: " + score.failure();
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
