package dev.slm.shell;

import dev.slm.base.Problem;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs the commands of a script. It stops at the first failure unless told to keep going; a failure
 * that the next {@code expect} line asks for is none. Every message names file and line.
 */
final class ScriptRunner {
  /** How a script is run. */
  record Options(boolean keepsGoing, boolean echoes) {}

  /** Deeper nesting is a script that runs itself. */
  private static final int DEEPEST = 10;

  private final Shell shell;
  private int depth;
  private @Nullable Problem located;

  ScriptRunner(Shell shell) {
    this.shell = shell;
  }

  /** Shows every mistake that can be found without running anything; how many there are. */
  int check(ScriptLines lines) {
    int mistakes = 0;
    for (Optional<ScriptLines.Statement> next = lines.next();
        next.isPresent();
        next = lines.next()) {
      try {
        if (shell.check(next.get().text())) {
          ChatInput.skip(lines);
        }
      } catch (Problem problem) {
        mistakes++;
        shell.console().screen().problem(locate(problem, lines.place(next.get().line())));
      }
    }
    return mistakes;
  }

  /** Runs to the end or to the first failure, which is in the report as well as shown. */
  Result run(ScriptLines lines, Options options) {
    if (depth == DEEPEST) {
      throw Problem.failed("scripts run each other more than " + DEEPEST + " deep");
    }
    depth++;
    Input before = shell.console().readFrom(lines);
    try {
      return new Run(lines, options).run();
    } finally {
      shell.console().readFrom(before);
      depth--;
    }
  }

  /**
   * How a script ended.
   *
   * @param first the first failure; it has been shown when the script kept going
   */
  record Result(ScriptReport report, @Nullable Problem first) {}

  /** Puts the place in front of what happened, unless an inner script did so already. */
  private Problem locate(Problem problem, String place) {
    if (problem.equals(located)) {
      return problem;
    }
    Problem placed = Problem.of(problem.status(), place + ": " + problem.what());
    placed = problem.why().map(placed::why).orElse(placed);
    placed = problem.next().map(placed::next).orElse(placed).causedBy(problem);
    located = placed;
    return placed;
  }

  private final class Run {
    private final ScriptLines lines;
    private final Options options;
    private final ScriptReport report;
    private @Nullable Problem first;

    Run(ScriptLines lines, Options options) {
      this.lines = lines;
      this.options = options;
      this.report = new ScriptReport(lines.name());
    }

    Result run() {
      Optional<ScriptLines.Statement> statement = lines.next();
      while (statement.isPresent() && !shell.console().isLeaving()) {
        Problem problem = step(statement.get());
        if (problem != null) {
          first = first == null ? problem : first;
          boolean isStopped = problem.status() == Problem.Status.INTERRUPTED;
          if (isStopped || !options.keepsGoing()) {
            break;
          }
          shell.console().screen().problem(problem);
        }
        statement = lines.next();
      }
      return new Result(report, first);
    }

    /** One command with the checks that follow a failure; what remains wrong. */
    private @Nullable Problem step(ScriptLines.Statement statement) {
      if (options.echoes()) {
        shell.console().screen().note("> " + statement.text());
      }
      Problem problem = execute(statement);
      if (problem == null || problem.status() == Problem.Status.INTERRUPTED) {
        return problem;
      }
      boolean isCommand = !Expectation.is(statement.text());
      if (isCommand
          && lines.peek().filter(line -> Expectation.coversFailure(line.text())).isPresent()) {
        report.forgive();
        return null;
      }
      return problem;
    }

    private @Nullable Problem execute(ScriptLines.Statement statement) {
      Problem problem = null;
      try {
        shell.execute(statement.text());
      } catch (Problem e) {
        problem = locate(e, lines.place(statement.line()));
      }
      if (Expectation.is(statement.text())) {
        report.check(statement.line(), statement.text(), problem);
      } else {
        report.add(statement.line(), statement.text(), shell.last().time(), problem);
      }
      return problem;
    }
  }
}
