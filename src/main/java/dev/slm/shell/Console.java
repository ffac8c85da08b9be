package dev.slm.shell;

import dev.slm.base.Progress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What commands talk through: the screen, what is read, and the wishes to stop and to leave. */
public final class Console {
  private final Screen screen;
  private final Cancellation cancellation = new Cancellation();
  private Input input;
  private boolean isLeaving;
  private Runnable forgetHistory = () -> {};
  private @Nullable Transcript transcript;

  public Console(Screen screen, Input input) {
    this.screen = screen;
    this.input = input;
  }

  public Screen screen() {
    return screen;
  }

  public Input input() {
    return new HeardInput(input, this);
  }

  public Cancellation cancellation() {
    return cancellation;
  }

  Progress progress() {
    return new ProgressLine(screen, cancellation, System::nanoTime);
  }

  /** Where the session is written down, if it is. */
  Optional<Transcript> transcript() {
    return Optional.ofNullable(transcript);
  }

  /** Writes the session down from now on, or no longer. */
  void write(@Nullable Transcript next) {
    if (transcript != null) {
      screen.unlisten(transcript);
    }
    transcript = next;
    if (next != null) {
      screen.listen(next);
    }
  }

  /** Reads from elsewhere from now on; gives back where it read from before. */
  Input readFrom(Input other) {
    Input before = input;
    input = other;
    return before;
  }

  /** What to do when the history is to be forgotten, beside its file. */
  void onForgetHistory(Runnable action) {
    forgetHistory = action;
  }

  void forgetHistory() {
    forgetHistory.run();
  }

  /** The shell ends after the running command. */
  void leave() {
    isLeaving = true;
  }

  /** A wish to leave that ended a script has been heard. */
  void stay() {
    isLeaving = false;
  }

  boolean isLeaving() {
    return isLeaving;
  }
}
