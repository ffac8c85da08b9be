package dev.slm.session;

import dev.slm.base.Progress;
import java.util.function.BooleanSupplier;

/** Progress of work that can be ended from another side, too. */
record StoppableProgress(Progress progress, BooleanSupplier stopped) implements Progress {
  @Override
  public void start(String what, long total, Unit unit) {
    progress.start(what, total, unit);
  }

  @Override
  public void advance(long amount) {
    progress.advance(amount);
  }

  @Override
  public void note(String line) {
    progress.note(line);
  }

  @Override
  public void warn(String line) {
    progress.warn(line);
  }

  @Override
  public boolean isCancelled() {
    return stopped.getAsBoolean() || progress.isCancelled();
  }
}
