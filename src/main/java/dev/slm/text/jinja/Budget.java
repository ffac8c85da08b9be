package dev.slm.text.jinja;

/** Counts what one rendering does and ends it at the limits. */
final class Budget {
  private static final int CLOCK_EVERY = 1024;

  /** Calls of macros within each other cost more stack than nesting in the source does. */
  private static final int EVALUATION_DEPTH = 8 * Limits.DEPTH;

  private final long end = System.nanoTime() + Limits.TIME.toNanos();
  private int steps;
  private int output;
  private int calls;
  private int depth;
  private int line;

  int line() {
    return line;
  }

  void step(int at) {
    line = at;
    spend(1);
  }

  /** Counts the handling of a text of this length. */
  void characters(long length) {
    spend(length / Limits.CHARACTERS_PER_STEP);
  }

  private void spend(long amount) {
    int before = steps;
    steps = (int) Math.min(steps + amount, Integer.MAX_VALUE);
    if (steps > Limits.STEPS) {
      throw exceeded("%,d steps".formatted(Limits.STEPS));
    }
    boolean lookAtClock = steps / CLOCK_EVERY != before / CLOCK_EVERY;
    if (lookAtClock && steps > Limits.UNTIMED_STEPS && System.nanoTime() - end > 0) {
      throw exceeded(Limits.TIME.toMillis() + " ms");
    }
  }

  /** Refuses a text before it is built. */
  void build(long length) {
    grow(0, length);
  }

  /** Refuses more text behind a text before it is built. */
  void grow(long before, long more) {
    if (before + more > Limits.OUTPUT) {
      throw exceeded("1 MB of text");
    }
    characters(more);
  }

  void output(long length) {
    grow(output, length);
    output += (int) length;
  }

  void enterCall() {
    if (++calls > Limits.DEPTH) {
      throw exceeded("a depth of " + Limits.DEPTH + " calls");
    }
  }

  void leaveCall() {
    calls--;
  }

  void enter() {
    if (++depth > EVALUATION_DEPTH) {
      throw exceeded("a depth of " + EVALUATION_DEPTH);
    }
  }

  void leave() {
    depth--;
  }

  private TemplateFault exceeded(String limit) {
    return new TemplateFault(line, "took more than " + limit);
  }
}
