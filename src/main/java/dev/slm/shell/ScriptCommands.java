package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Scripts, and the commands that make one a test. */
final class ScriptCommands implements CommandGroup {
  private static final String GROUP = "Scripts";
  private static final Pattern ASSIGNMENT =
      Pattern.compile("([A-Za-z_][A-Za-z0-9_.-]*)(?:=(.*))?", Pattern.DOTALL);
  private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?)\\s*(ms|s|min)");

  private final Shell shell;

  ScriptCommands(Shell shell) {
    this.shell = shell;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(script(), set(), expect());
  }

  private CommandSpec script() {
    return CommandSpec.named("script")
        .group(GROUP)
        .says("Runs the commands of a file; @FILE does the same.")
        .more(
            """
            One command per line, as typed at the prompt. # begins a comment, a backslash at the
            end goes on in the next line, ${NAME} is what 'set NAME=value' remembered, and ${1} is
            the first word behind FILE. It stops at the first failure and ends with its status.""")
        .argument(
            "FILE",
            "the script, UTF-8, or 'workshop', which comes with slm",
            Values.suggest("workshop").or(Values.files()))
        .anyArguments("WORDS", "become ${1}, ${2}, …", Values.any())
        .flag("--keep-going", "run the rest after a failure")
        .flag("--echo", "print each command before it runs")
        .flag("--check", "only look for mistakes, all of them, and run nothing")
        .option("--junit", "FILE", "write a test report for build servers", Values.files())
        .option("--report", "FILE", "write a report as JSON", Values.files())
        .example("script demo.slm", "runs the commands of demo.slm")
        .example("script workshop", "list, download, run, benchmark and report, without network")
        .example("@demo.slm qwen2.5-0.5b", "the same, with ${1} = qwen2.5-0.5b")
        .example("script checks.slm --keep-going --junit report.xml", "a test run")
        .runs(this::runScript);
  }

  private void runScript(Call call) {
    ScriptLines lines = ScriptLines.find(call.argument("FILE"), call.path("FILE"));
    if (call.flag("check")) {
      int mistakes = shell.scripts().check(lines);
      if (mistakes > 0) {
        throw Problem.usage(
            mistakes + (mistakes == 1 ? " mistake" : " mistakes") + " in the script");
      }
      return;
    }
    ScriptRunner.Options options =
        new ScriptRunner.Options(call.flag("keep-going"), call.flag("echo"));
    Map<String, String> outer = shell.variables().pass(call.arguments("WORDS"));
    ScriptRunner.Result result;
    try {
      result = shell.scripts().run(lines, options);
    } finally {
      shell.variables().restore(outer);
    }
    ScriptReport report = result.report();
    call.pathOption("junit").ifPresent(file -> DurableFile.write(file, report.junit()));
    call.pathOption("report")
        .ifPresent(file -> DurableFile.write(file, Json.pretty(report.fields())));
    shell.console().stay();
    Problem first = result.first();
    if (first != null && options.keepsGoing() && first.status() != Problem.Status.INTERRUPTED) {
      throw Problem.of(
          first.status(), report.failures() + " of " + report.steps().size() + " commands failed");
    }
    if (first != null) {
      throw first;
    }
    if (report.checks() > 0) {
      call.screen()
          .note(report.checks() + (report.checks() == 1 ? " check passed" : " checks passed"));
    }
  }

  private CommandSpec set() {
    return CommandSpec.named("set")
        .group(GROUP)
        .says("Remembers a value for ${NAME}; alone it lists them.")
        .optionalArgument("NAME=VALUE", "what to remember", Values.any())
        .option(
            "--json", "PATH", "take the value from the last output, which is JSON", Values.any())
        .keepsOutcome()
        .example("set MODEL=qwen2.5-0.5b", "${MODEL} is qwen2.5-0.5b from now on")
        .example("set MODEL --json '[0].name'", "the first name of the listing before")
        .runs(this::assign);
  }

  private void assign(Call call) {
    Optional<String> assignment = call.optional("NAME=VALUE");
    if (assignment.isEmpty()) {
      shell.variables().all().forEach((name, value) -> call.screen().line(name + "=" + value));
      return;
    }
    Matcher parts = ASSIGNMENT.matcher(assignment.get());
    Optional<String> path = call.option("json");
    if (!parts.matches() || (parts.group(2) == null) == path.isEmpty()) {
      throw Problem.usage("'" + assignment.get() + "' is no assignment").next("set NAME=value");
    }
    shell
        .variables()
        .set(parts.group(1), path.map(this::fromOutput).orElseGet(() -> parts.group(2)));
  }

  private String fromOutput(String path) {
    Optional<JsonNode> found = JsonPath.find(Expectation.output(shell.last()), path);
    return found
        .map(JsonPath::text)
        .orElseThrow(() -> Problem.failed("the last output has nothing at '" + path + "'"));
  }

  private CommandSpec expect() {
    return CommandSpec.named("expect")
        .group(GROUP)
        .says("Checks what the last command did; fails when it did not.")
        .more("Several checks may stand in one line; all that fail are reported.")
        .anyArguments("TEXT", "the output contains it", Values.any())
        .option("--regex", "REGEX", "a part of the output matches", Values.any())
        .option("--not", "TEXT", "the output does not contain it", Values.any())
        .option("--json", "PATH", "the output is JSON with a value there", Values.any())
        .option("--equals", "VALUE", "with --json: the value is this one", Values.any())
        .option("--at-least", "N", "with --json: the value is no less", anyNumber())
        .option("--at-most", "N", "with --json: the value is no more", anyNumber())
        .option("--status", "N", "the command ended with this status", Values.whole(0, 255))
        .option("--error", "TEXT", "it failed, or warned, and said this", Values.any())
        .option("--within", "TIME", "it took no longer, such as 500ms or 2s", Values.any())
        .keepsOutcome()
        .example("expect 'no models'", "the last output contains these words")
        .example("expect --json '[0].bytes' --at-most 1000000000", "the first one is below 1 GB")
        .example("expect --status 2 --error 'did you mean'", "the command before had to fail so")
        .runs(this::check);
  }

  private void check(Call call) {
    Expectation expectation = new Expectation(shell.last());
    List<String> texts = call.arguments("TEXT");
    if (!texts.isEmpty()) {
      expectation.contains(SafeText.of(String.join(" ", texts)));
    }
    call.whole("status").ifPresent(expectation::status);
    call.options("regex").forEach(expectation::matches);
    call.options("not").forEach(expectation::lacks);
    call.options("error").forEach(expectation::errorContains);
    call.option("within").map(ScriptCommands::time).ifPresent(expectation::within);
    call.option("json")
        .ifPresent(
            path ->
                expectation.json(
                    path,
                    call.option("equals"),
                    boxed(call.number("at-least")),
                    boxed(call.number("at-most"))));
    expectation.refuse();
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  private static Values anyNumber() {
    return Values.number(-Double.MAX_VALUE, Double.MAX_VALUE);
  }

  private static Duration time(String text) {
    Matcher parts = TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      throw Problem.usage("'" + text + "' is no time").why("times look like 500ms, 2s or 3min");
    }
    double millis =
        switch (parts.group(2)) {
          case "ms" -> 1;
          case "s" -> 1000;
          default -> 60_000;
        };
    return Duration.ofMillis(Math.round(Double.parseDouble(parts.group(1)) * millis));
  }
}
