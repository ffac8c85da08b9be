package dev.slm.text;

import dev.slm.base.SafeText;

/** Words of a model's files as they may stand in a message: short, and on one line. */
final class Printable {
  private static final int MOST = 120;

  private Printable() {}

  static String of(String text) {
    if (text.codePointCount(0, text.length()) <= MOST) {
      return SafeText.line(text);
    }
    return SafeText.line(text.substring(0, text.offsetByCodePoints(0, MOST))) + "…";
  }
}
