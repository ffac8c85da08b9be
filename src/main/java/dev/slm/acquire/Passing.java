package dev.slm.acquire;

import dev.slm.base.Problem;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A failure that may pass when we try again, with what to say when it does not. */
final class Passing extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;
  private final transient Optional<Duration> pause;

  Passing(String reason, Problem problem, Optional<Duration> pause) {
    super(reason);
    this.problem = problem;
    this.pause = pause;
  }

  Problem problem() {
    return problem;
  }

  /** How long the hub asks to wait. */
  Optional<Duration> pause() {
    return pause;
  }
}
