package dev.slm.shell;

import java.time.Duration;

/** What the last command did, for {@code expect}. */
record Outcome(int status, String out, String err, Duration time) {
  static final Outcome NONE = new Outcome(0, "", "", Duration.ZERO);
}
