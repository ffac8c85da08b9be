package dev.slm.shell;

/**
 * What {@code doctor} found out.
 *
 * @param next the command to type, or empty
 */
public record Finding(Level level, String what, String next) {
  /** How bad it is. */
  public enum Level {
    GOOD,
    WARNING,
    BAD
  }

  public static Finding good(String what) {
    return new Finding(Level.GOOD, what, "");
  }

  public static Finding warning(String what, String next) {
    return new Finding(Level.WARNING, what, next);
  }

  public static Finding bad(String what, String next) {
    return new Finding(Level.BAD, what, next);
  }
}
