package dev.slm.shell;

import dev.slm.base.Progress;

/** What commands talk through: the screen, what is read, and the wishes to stop and to leave. */
public final class Console {
  private final Screen screen;
  private final Cancellation cancellation = new Cancellation();
  private Input input;
  private boolean isLeaving;

  public Console(Screen screen, Input input) {
    this.screen = screen;
    this.input = input;
  }

  public Screen screen() {
    return screen;
  }

  public Input input() {
    return input;
  }

  public Cancellation cancellation() {
    return cancellation;
  }

  Progress progress() {
    return new ProgressLine(screen, cancellation, System::nanoTime);
  }

  /** Reads from elsewhere from now on; gives back where it read from before. */
  Input readFrom(Input other) {
    Input before = input;
    input = other;
    return before;
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
