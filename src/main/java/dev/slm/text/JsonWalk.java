package dev.slm.text;

import dev.slm.base.Json;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/**
 * Walks the bytes of a JSON text from value to value without making anything of them. A vocabulary
 * has 150,000 names and as many merges, and a program that just started takes a second to read
 * those with a parser that keeps each name; half of a model's load. What it accepts is JSON.
 */
final class JsonWalk {
  /** As deep as our other JSON files may be. */
  private static final int DEEPEST = 64;

  /** More do not fit a long. */
  private static final int MOST_DIGITS = 18;

  /** The text is not JSON; a parser tells better what is wrong with it. */
  static final class Malformed extends RuntimeException {
    @Serial private static final long serialVersionUID = 1;

    Malformed(int at) {
      super("not JSON at byte " + at, null, false, false);
    }
  }

  private final byte[] bytes;
  private int at;
  private int depth;
  private boolean isFirst;

  private int textFrom;
  private int textTo;
  private boolean hasEscapes;

  JsonWalk(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Behind what was walked last. */
  int position() {
    return at;
  }

  /** Where the next value begins. */
  int at() {
    var _ = peek();
    return at;
  }

  /** The first byte of what comes next. */
  int peek() {
    while (at < bytes.length && isBlank(bytes[at])) {
      at++;
    }
    return byteAt(at);
  }

  private static boolean isBlank(byte next) {
    return next == ' ' || next == '\n' || next == '\r' || next == '\t';
  }

  private int byteAt(int index) {
    if (index >= bytes.length) {
      throw new Malformed(index);
    }
    return bytes[index];
  }

  private void expect(int wanted) {
    if (peek() != wanted) {
      throw new Malformed(at);
    }
    at++;
  }

  /** Goes into an object or a list. */
  void open(char kind) {
    expect(kind);
    if (depth++ == DEEPEST) {
      throw new Malformed(at);
    }
    isFirst = true;
  }

  /** Whether one more entry follows in it; if none does, it is left. */
  boolean hasNext(char close) {
    boolean wasFirst = isFirst;
    isFirst = false;
    if (peek() == close) {
      at++;
      depth--;
      return false;
    }
    if (!wasFirst) {
      expect(',');
    }
    return true;
  }

  /** Goes past a name and its colon; {@link #text()} is the name. */
  void name() {
    string();
    expect(':');
  }

  /** Goes past a text. */
  void string() {
    expect('"');
    textFrom = at;
    hasEscapes = false;
    for (int next = byteAt(at++); next != '"'; next = byteAt(at++)) {
      if (next == '\\') {
        hasEscapes = true;
        escape();
      } else if (next < 0) {
        letter(next & 0xFF);
      } else if (next < ' ') {
        throw new Malformed(at);
      }
    }
    textTo = at - 1;
  }

  private void escape() {
    int kind = byteAt(at++);
    if (kind == 'u') {
      for (int i = 0; i < 4; i++) {
        if (Character.digit(byteAt(at++), 16) < 0) {
          throw new Malformed(at);
        }
      }
    } else if ("\"\\/bfnrt".indexOf(kind) < 0) {
      throw new Malformed(at);
    }
  }

  /** The rest of a letter of several bytes, as UTF-8 has them. */
  private void letter(int lead) {
    int second = byteAt(at) & 0xFF;
    boolean isShortest =
        switch (lead) {
          case 0xE0 -> second >= 0xA0;
          case 0xED -> second < 0xA0;
          case 0xF0 -> second >= 0x90;
          case 0xF4 -> second < 0x90;
          default -> lead >= 0xC2 && lead < 0xF4;
        };
    int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    for (int i = 0; i < more; i++) {
      if (!isShortest || (byteAt(at++) & 0xC0) != 0x80) {
        throw new Malformed(at);
      }
    }
  }

  /** The bytes of the last text, as they are in the file. */
  int textBytes() {
    return textTo - textFrom;
  }

  /** Whether the last text has escapes, so that its bytes are not its letters. */
  boolean hasEscapes() {
    return hasEscapes;
  }

  /** The last text. */
  String text() {
    return hasEscapes
        ? Json.tree(Arrays.copyOfRange(bytes, textFrom - 1, textTo + 1)).stringValue()
        : new String(bytes, textFrom, textTo - textFrom, StandardCharsets.UTF_8);
  }

  /** Where a byte is in the last text for the first time, -1 when it is not. */
  int indexInText(char wanted, int from) {
    for (int i = textFrom + from; i < textTo; i++) {
      if (bytes[i] == wanted) {
        return i - textFrom;
      }
    }
    return -1;
  }

  /** Goes past a number; the number itself if it is whole and not below zero, else -1. */
  long number() {
    boolean isWhole = peek() != '-';
    if (!isWhole) {
      at++;
    }
    int from = at;
    long value = digits();
    if (bytes[from] == '0' && at - from > 1) {
      throw new Malformed(at);
    }
    if (at < bytes.length && bytes[at] == '.') {
      at++;
      var _ = digits();
      isWhole = false;
    }
    if (at < bytes.length && (bytes[at] | 0x20) == 'e') {
      at++;
      int sign = byteAt(at);
      at += sign == '+' || sign == '-' ? 1 : 0;
      var _ = digits();
      isWhole = false;
    }
    return isWhole ? value : -1;
  }

  /** Their number, or the largest one. */
  private long digits() {
    int from = at;
    long value = 0;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      value = at - from < MOST_DIGITS ? value * 10 + bytes[at] - '0' : Long.MAX_VALUE;
      at++;
    }
    if (at == from) {
      throw new Malformed(at);
    }
    return value;
  }

  boolean isNumber() {
    int next = peek();
    return next == '-' || (next >= '0' && next <= '9');
  }

  /** Goes past a value of any kind. */
  void value() {
    int next = peek();
    if (next == '{' || next == '[') {
      inner((char) next);
    } else if (next == '"') {
      string();
    } else if (isNumber()) {
      var _ = number();
    } else {
      word(next == 't' ? "true" : next == 'f' ? "false" : "null");
    }
  }

  private void inner(char kind) {
    char close = kind == '{' ? '}' : ']';
    open(kind);
    while (hasNext(close)) {
      if (kind == '{') {
        name();
      }
      value();
    }
  }

  private void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (byteAt(at++) != word.charAt(i)) {
        throw new Malformed(at);
      }
    }
  }

  /** The next value as a tree. */
  JsonNode tree() {
    int from = at();
    value();
    return Json.tree(Arrays.copyOfRange(bytes, from, at));
  }

  /** Nothing may follow. */
  void end() {
    while (at < bytes.length && isBlank(bytes[at])) {
      at++;
    }
    if (at < bytes.length) {
      throw new Malformed(at);
    }
  }
}
