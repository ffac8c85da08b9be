package dev.slm.shell;

import dev.slm.base.Problem;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Listens to what one command prints. */
final class Recorder implements Screen.Listener {
  /** An answer that is longer is not kept whole; nobody expects a line behind it. */
  private static final int MOST_CHARS = 4 << 20;

  private final StringBuilder out = new StringBuilder();
  private final StringBuilder err = new StringBuilder();
  private final long started = System.nanoTime();

  @Override
  public void printed(String text, boolean isError) {
    StringBuilder target = isError ? err : out;
    target.append(text, 0, Math.min(text.length(), MOST_CHARS - target.length()));
  }

  /** What was heard, with the problem that ended the command. */
  Outcome outcome(@Nullable Problem problem) {
    if (problem != null) {
      printed(Screen.describe(problem).plain(), true);
    }
    int status = problem == null ? 0 : problem.status().code();
    Duration time = Duration.ofNanos(System.nanoTime() - started);
    return new Outcome(status, out.toString(), err.toString(), time);
  }
}
