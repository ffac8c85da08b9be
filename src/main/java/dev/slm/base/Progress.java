package dev.slm.base;

/**
 * How long work tells people what it does, and learns that they no longer want it. All methods may
 * be called from several threads. Who shows nothing of a kind leaves its method out.
 */
public interface Progress {
  /** Neither tells nor stops. */
  Progress NONE =
      new Progress() {
        @Override
        public boolean isCancelled() {
          return Thread.currentThread().isInterrupted();
        }
      };

  /** What a stage counts. */
  enum Unit {
    BYTES,
    ITEMS
  }

  /** Begins a stage; {@code total} is negative when it is not known. */
  default void start(String what, long total, Unit unit) {}

  /** Counts work done in the stage; a negative amount takes back what has to be done again. */
  default void advance(long amount) {}

  /** A line that stays on the screen. */
  default void note(String line) {}

  /** A warning that stays on the screen. */
  default void warn(String line) {}

  boolean isCancelled();

  /** Ends the work when people asked for it; call at least every 100 ms. */
  default void checkCancelled() {
    if (isCancelled()) {
      throw Problem.interrupted();
    }
  }
}
