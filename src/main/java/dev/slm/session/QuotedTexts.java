package dev.slm.session;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts as people type them: one without quotes is itself; in double quotes there may be several,
 * with {@code \n}, {@code \t}, {@code \"} and {@code \\} for what cannot be typed.
 */
final class QuotedTexts {
  private static final String ONE = "\"((?:[^\"\\\\]|\\\\.)*+)\"";
  private static final Pattern EACH = Pattern.compile(ONE);
  private static final Pattern ALL = Pattern.compile("(?:" + ONE + "\\s*+)++");

  private QuotedTexts() {}

  static List<String> of(String typed) {
    if (!ALL.matcher(typed).matches()) {
      return List.of(typed);
    }
    List<String> texts = new ArrayList<>();
    Matcher each = EACH.matcher(typed);
    while (each.find()) {
      texts.add(meant(each.group(1)));
    }
    return texts;
  }

  private static String meant(String escaped) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '\\') {
        c = escaped.charAt(++i);
        c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
      }
      text.append(c);
    }
    return text.toString();
  }
}
