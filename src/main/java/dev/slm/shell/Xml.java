package dev.slm.shell;

/** Text inside XML. */
final class Xml {
  private Xml() {}

  /** Escapes what XML reserves; characters that XML 1.0 forbids become question marks. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(point -> append(point, out));
    return out.toString();
  }

  private static void append(int point, StringBuilder out) {
    switch (point) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '"' -> out.append("&quot;");
      case '\n' -> out.append("&#10;");
      default -> out.appendCodePoint(isAllowed(point) ? point : '?');
    }
  }

  private static boolean isAllowed(int point) {
    return point == '\t'
        || (point >= 0x20 && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }
}
