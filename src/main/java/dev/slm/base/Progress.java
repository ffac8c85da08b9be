package dev.slm.base;

/**
 * How long work tells people what it does, and learns that they no longer want it. All methods may
 * be called from several threads.
 */
public interface Progress {
  /** Neither tells nor stops. */
  Progress NONE =
      new Progress() {
        @Override
        public void start(String what, long total, Unit unit) {}

        @Override
        public void advance(long amount) {}

        @Override
        public void note(String line) {}

        @Override
        public void warn(String line) {}

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
  void start(String what, long total, Unit unit);

  /** Counts work done in the stage; a negative amount takes back what has to be done again. */
  void advance(long amount);

  /** A line that stays on the screen. */
  void note(String line);

  /** A warning that stays on the screen. */
  void warn(String line);

  boolean isCancelled();

  /** Ends the work when people asked for it; call at least every 100 ms. */
  default void checkCancelled() {
    if (isCancelled()) {
      throw Problem.interrupted();
    }
  }
}
