package dev.slm.shell;

import dev.slm.base.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of each command of a script. */
final class ScriptReport {
  /**
   * One command with its checks.
   *
   * @param problem what went wrong in the command or in a check, null when nothing did
   */
  record Step(int line, String command, Duration time, int checks, @Nullable Problem problem) {
    boolean isPassed() {
      return problem == null;
    }
  }

  private final String script;
  private final List<Step> steps = new ArrayList<>();

  ScriptReport(String script) {
    this.script = script;
  }

  void add(int line, String command, Duration time, @Nullable Problem problem) {
    steps.add(new Step(line, command, time, 0, problem));
  }

  /** A check of the last command; a failed one fails that command. */
  void check(int line, String text, @Nullable Problem problem) {
    if (steps.isEmpty()) {
      steps.add(new Step(line, text, Duration.ZERO, 1, problem));
      return;
    }
    Step last = steps.removeLast();
    steps.add(
        new Step(
            last.line(),
            last.command(),
            last.time(),
            last.checks() + 1,
            last.problem() == null ? problem : last.problem()));
  }

  /** The failure of the last command was what the script wanted. */
  void forgive() {
    Step last = steps.removeLast();
    steps.add(new Step(last.line(), last.command(), last.time(), last.checks(), null));
  }

  List<Step> steps() {
    return List.copyOf(steps);
  }

  int checks() {
    return steps.stream().mapToInt(Step::checks).sum();
  }

  long failures() {
    return steps.stream().filter(step -> !step.isPassed()).count();
  }

  /** For programs. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("script", script);
    fields.put("passed", failures() == 0);
    fields.put("commands", steps.size());
    fields.put("checks", checks());
    fields.put("failures", failures());
    fields.put("seconds", seconds(total()));
    fields.put("steps", steps.stream().map(ScriptReport::fields).toList());
    return fields;
  }

  /** For build servers: a test case per command, in the form that JUnit made common. */
  String junit() {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append(
        String.format(
            Locale.ROOT,
            "<testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" errors=\"0\" time=\"%.3f\">%n",
            Xml.escape(script),
            steps.size(),
            failures(),
            seconds(total())));
    steps.forEach(step -> xml.append(testCase(step)));
    return xml.append("</testsuite>\n").toString().replace("\r\n", "\n");
  }

  private String testCase(Step step) {
    String head =
        String.format(
            Locale.ROOT,
            "  <testcase classname=\"%s\" name=\"%s\" time=\"%.3f\"",
            Xml.escape(script),
            Xml.escape("line " + step.line() + ": " + step.command()),
            seconds(step.time()));
    Problem problem = step.problem();
    return problem == null
        ? head + "/>\n"
        : head
            + ">\n    <failure message=\""
            + Xml.escape(problem.what())
            + "\">"
            + Xml.escape(Screen.describe(problem).plain())
            + "</failure>\n  </testcase>\n";
  }

  private static Map<String, Object> fields(Step step) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("line", step.line());
    fields.put("command", step.command());
    fields.put("passed", step.isPassed());
    fields.put("checks", step.checks());
    fields.put("seconds", seconds(step.time()));
    Problem problem = step.problem();
    if (problem != null) {
      fields.put("status", problem.status().code());
      fields.put("problem", problem.getMessage());
    }
    return fields;
  }

  private Duration total() {
    return steps.stream().map(Step::time).reduce(Duration.ZERO, Duration::plus);
  }

  private static double seconds(Duration time) {
    return Math.round(time.toNanos() / 1e6) / 1e3;
  }
}
