package dev.slm.engine.check;

import dev.slm.base.Problem;

/** Text of files and native code, made fit to be shown in one line. */
public final class Shown {
  private static final int LONGEST = 80;
  private static final int LONGEST_REASON = 200;

  private Shown() {}

  /** A value in single quotes, without control characters, cut when long. */
  public static String value(String text) {
    return "'" + plain(text) + "'";
  }

  static String plain(String text) {
    return cut(escape(text), LONGEST);
  }

  static boolean isPlain(String text) {
    return escape(text).equals(text);
  }

  /**
   * The reason in an error text of a native library: its first line that says something, without
   * the places in the library's own source.
   */
  public static String reason(String text) {
    String line =
        text.lines()
            .map(l -> l.replaceAll("Error code - \\S+ - message: ", ""))
            .map(l -> l.replaceAll("(/[^\\s:]+)+\\.(cc|h|cpp|hpp):\\d+\\s*", ""))
            .map(String::strip)
            .filter(l -> !l.isEmpty())
            .findFirst()
            .orElse("no reason given");
    return cut(escape(line), LONGEST_REASON);
  }

  /** The problem of a file in the folder that is being judged. */
  static Problem refusal(java.nio.file.Path file, String what) {
    return Problem.badFile("'" + file + "': " + what);
  }

  private static String cut(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest - 1) + "…";
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean hidden =
                  type == Character.CONTROL
                      || type == Character.FORMAT
                      || type == Character.SURROGATE;
              if (hidden) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
