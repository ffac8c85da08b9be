package dev.slm.text.jinja;

import java.time.Duration;

/** How much a template may do; far above what published ones need. */
final class Limits {
  static final int STEPS = 100_000;
  static final int OUTPUT = 1 << 20;
  static final int DEPTH = 100;
  static final Duration TIME = Duration.ofMillis(200);

  /**
   * Steps that are done whatever the clock says, so that a busy machine stops no honest template.
   */
  static final int UNTIMED_STEPS = 20_000;

  /** Characters whose handling counts as one step. */
  static final int CHARACTERS_PER_STEP = 256;

  private Limits() {}
}
