package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text operations as Python does them. */
final class Strings {
  private Strings() {}

  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || c == 0x85 || c == 0xa0 || c == 0x2007 || c == 0x202f;
  }

  static String strip(String text) {
    return stripStart(stripEnd(text));
  }

  static String stripStart(String text) {
    int start = 0;
    while (start < text.length() && isSpace(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  static String strip(String text, String characters, boolean start, boolean end) {
    int from = 0;
    int to = text.length();
    while (start && from < to && characters.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (end && to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  static List<Object> splitAtSpace(String text, long most) {
    List<Object> parts = new ArrayList<>();
    String rest = stripStart(text);
    while (!rest.isEmpty()) {
      int end = 0;
      while (end < rest.length() && !isSpace(rest.charAt(end))) {
        end++;
      }
      if (most >= 0 && parts.size() == most) {
        parts.add(stripEnd(rest));
        return parts;
      }
      parts.add(rest.substring(0, end));
      rest = stripStart(rest.substring(end));
    }
    return parts;
  }

  static List<Object> split(String text, String separator, long most) {
    if (separator.isEmpty()) {
      throw TemplateFault.of("split() by an empty text");
    }
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int next = text.indexOf(separator);
    while (next >= 0 && (most < 0 || parts.size() < most)) {
      parts.add(text.substring(from, next));
      from = next + separator.length();
      next = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  static List<Object> splitFromEnd(String text, String separator, long most) {
    if (most < 0) {
      return split(text, separator, most);
    }
    List<Object> parts = new ArrayList<>();
    String rest = text;
    int next = rest.lastIndexOf(separator);
    while (next >= 0 && parts.size() < most) {
      parts.addFirst(rest.substring(next + separator.length()));
      rest = rest.substring(0, next);
      next = rest.lastIndexOf(separator);
    }
    parts.addFirst(rest);
    return parts;
  }

  static String replace(String text, String old, String with, long most) {
    if (most < 0) {
      return text.replace(old, with);
    }
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (long i = 0; i < most; i++) {
      int next = text.indexOf(old, from);
      if (next < 0) {
        break;
      }
      out.append(text, from, next).append(with);
      from = next + old.length();
    }
    return out.append(text.substring(from)).toString();
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return upper(text.substring(0, first)) + lower(text.substring(first));
  }

  /** Each letter that follows no letter becomes a capital one. */
  static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int point : text.codePoints().toArray()) {
      String letter = Character.toString(point);
      out.append(inWord ? lower(letter) : upper(letter));
      inWord = Character.isLetter(point);
    }
    return out.toString();
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  static long length(String text) {
    return text.codePointCount(0, text.length());
  }

  /** The characters that an escaped literal stands for. */
  static String unescaped(String literal) {
    if (literal.indexOf('\\') < 0) {
      return literal;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < literal.length(); ) {
      char c = literal.charAt(i);
      i = c == '\\' && i + 1 < literal.length() ? escape(literal, i + 1, out) : plain(c, i, out);
    }
    return out.toString();
  }

  private static int plain(char c, int at, StringBuilder out) {
    out.append(c);
    return at + 1;
  }

  private static int escape(String literal, int at, StringBuilder out) {
    char c = literal.charAt(at);
    switch (c) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'v' -> out.append('\u000b');
      case 'a' -> out.append('\u0007');
      case '0' -> out.append('\0');
      case '\\', '\'', '"' -> out.append(c);
      case '\n' -> {}
      case 'x' -> {
        return hex(literal, at, 2, out);
      }
      case 'u' -> {
        return hex(literal, at, 4, out);
      }
      case 'U' -> {
        return hex(literal, at, 8, out);
      }
      default -> out.append('\\').append(c);
    }
    return at + 1;
  }

  private static int hex(String literal, int at, int digits, StringBuilder out) {
    int end = at + 1 + digits;
    try {
      int point = Integer.parseInt(literal, at + 1, end, 16);
      out.append(Character.toString(point));
      return end;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw TemplateFault.of("a text has a bad escape '\\" + literal.charAt(at) + "'");
    }
  }
}
