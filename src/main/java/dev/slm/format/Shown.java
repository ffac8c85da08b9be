package dev.slm.format;

/** Names out of files of others, as messages show them: one short line that no terminal obeys. */
public final class Shown {
  private static final int LONGEST = 80;

  private Shown() {}

  /** In single quotes, shortened in the middle, with everything that is not plain text escaped. */
  public static String name(String name) {
    String part =
        name.length() <= LONGEST
            ? name
            : name.substring(0, LONGEST / 2) + "…" + name.substring(name.length() - LONGEST / 2);
    StringBuilder shown = new StringBuilder("'");
    part.codePoints().forEach(c -> append(shown, c));
    return shown.append('\'').toString();
  }

  private static void append(StringBuilder shown, int c) {
    if (isPlain(c)) {
      shown.appendCodePoint(c);
    } else {
      shown.append("\\u{").append(Integer.toHexString(c)).append('}');
    }
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
