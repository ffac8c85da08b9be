package dev.slm.base;

/**
 * Makes text that we did not write safe to show: whatever a terminal would obey, or that hides or
 * reorders letters, becomes a visible escape such as {@code \x1b}. Keeps its state between pieces,
 * so a streamed answer may be cut anywhere.
 *
 * <p>Line feeds and tabs stay, and so do the joiners that ordinary scripts and emoji need (ZWJ,
 * ZWNJ, variation selectors). A carriage return before a line feed is dropped; alone it would
 * overwrite the line and is shown.
 */
public final class SafeText {
  private char heldSurrogate;
  private boolean heldReturn;

  /** The safe form of a whole text. */
  public static String of(String text) {
    if (isPlain(text)) {
      return text;
    }
    SafeText safe = new SafeText();
    return safe.next(text) + safe.end();
  }

  /** The safe form of a text that must stay on one line, such as a name. */
  public static String line(String text) {
    String safe = of(text);
    return safe.indexOf('\n') < 0 && safe.indexOf('\t') < 0
        ? safe
        : safe.replace("\n", "\\n").replace("\t", "\\t");
  }

  /** A word as people type it in a command: in quotes where splitting would change it. */
  public static String word(Object value) {
    String word = value.toString();
    if (!word.isEmpty() && word.chars().noneMatch(SafeText::needsQuotes) && !word.startsWith("#")) {
      return word;
    }
    return word.indexOf('\'') < 0
        ? "'" + word + "'"
        : '"' + word.replace("\\", "\\\\").replace("\"", "\\\"").replace("$", "\\$") + '"';
  }

  private static boolean needsQuotes(int c) {
    return Character.isWhitespace(c) || c == '\'' || c == '"' || c == '\\' || c == '$';
  }

  /** The safe form of JSON text: still the same JSON, with nothing in it that a terminal obeys. */
  public static String json(String json) {
    if (isPlain(json)) {
      return json;
    }
    StringBuilder out = new StringBuilder(json.length() + 32);
    json.codePoints()
        .forEach(
            point -> {
              if (!isUnsafe(point)) {
                out.appendCodePoint(point);
              } else {
                for (char unit : Character.toChars(point)) {
                  out.append("\\u").append(hex(unit, 4));
                }
              }
            });
    return out.toString();
  }

  /** The safe form of the next piece; half a character waits for its other half. */
  public String next(String piece) {
    StringBuilder out = new StringBuilder(piece.length() + 8);
    for (int i = 0; i < piece.length(); i++) {
      take(piece.charAt(i), out);
    }
    return out.toString();
  }

  /** What was still waiting when the text ended. */
  public String end() {
    StringBuilder out = new StringBuilder(4);
    releaseSurrogate(out);
    releaseReturn(out);
    return out.toString();
  }

  private void take(char c, StringBuilder out) {
    if (heldReturn && c == '\n') {
      heldReturn = false;
    }
    releaseReturn(out);
    if (heldSurrogate != 0 && Character.isLowSurrogate(c)) {
      append(Character.toCodePoint(heldSurrogate, c), out);
      heldSurrogate = 0;
      return;
    }
    releaseSurrogate(out);
    if (Character.isHighSurrogate(c)) {
      heldSurrogate = c;
    } else if (c == '\r') {
      heldReturn = true;
    } else if (Character.isLowSurrogate(c)) {
      out.append('\uFFFD');
    } else {
      append(c, out);
    }
  }

  private void releaseSurrogate(StringBuilder out) {
    if (heldSurrogate != 0) {
      heldSurrogate = 0;
      out.append('\uFFFD');
    }
  }

  private void releaseReturn(StringBuilder out) {
    if (heldReturn) {
      heldReturn = false;
      out.append("\\x0d");
    }
  }

  private static void append(int point, StringBuilder out) {
    if (!isUnsafe(point)) {
      out.appendCodePoint(point);
    } else if (point <= 0xFF) {
      out.append("\\x").append(hex(point, 2));
    } else if (point <= 0xFFFF) {
      out.append("\\u").append(hex(point, 4));
    } else {
      out.append("\\u{").append(hex(point, 5)).append('}');
    }
  }

  private static String hex(int value, int digits) {
    String hex = Integer.toHexString(value);
    return "0".repeat(Math.max(0, digits - hex.length())) + hex;
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || Character.isSurrogate(c) || isUnsafe(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUnsafe(int point) {
    if (point < 0x20) {
      return point != '\n' && point != '\t';
    }
    if (point < 0x7F) {
      return false;
    }
    return point <= 0x9F || reorders(point) || hides(point);
  }

  /** Embeddings, overrides and isolates; the marks LRM, RLM and ALM are ordinary text. */
  private static boolean reorders(int point) {
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  }

  /**
   * Invisible or line-breaking: zero-width space, word joiner and invisible operators, byte order
   * mark, Mongolian vowel separator, line and paragraph separator, interlinear annotation, tags.
   */
  private static boolean hides(int point) {
    return switch (point) {
      case 0x200B, 0x180E, 0xFEFF, 0x2028, 0x2029 -> true;
      default ->
          (point >= 0x2060 && point <= 0x2064)
              || (point >= 0xFFF9 && point <= 0xFFFB)
              || (point >= 0xE0000 && point <= 0xE007F);
    };
  }
}
