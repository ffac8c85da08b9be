package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;

/** Keeps the trace of a failure that is our mistake where people can find it and send it to us. */
public final class BugLog {
  private final Path folder;

  public BugLog(Path folder) {
    this.folder = folder;
  }

  /** Writes the trace down and gives the problem to show. */
  public Problem record(Throwable bug, String command) {
    StringWriter trace = new StringWriter();
    bug.printStackTrace(new PrintWriter(trace));
    Instant now = Instant.now();
    Path file = folder.resolve("bug-" + now.toEpochMilli() + ".log");
    String text =
        "time: %s%ncommand: %s%njava: %s, %s %s%n%n%s"
            .formatted(
                now,
                command,
                System.getProperty("java.runtime.version"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                trace);
    Problem problem =
        Problem.of(Problem.Status.OUR_BUG, "this is a mistake of slm, not yours").causedBy(bug);
    try {
      DurableFile.write(file, text);
      return problem.why("what happened is written in '" + file + "'");
    } catch (Problem unwritten) {
      return problem.why(bug + "; " + unwritten.what());
    }
  }
}
