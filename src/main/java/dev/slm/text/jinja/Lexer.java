package dev.slm.text.jinja;

import dev.slm.text.jinja.Token.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, with white space as Hugging Face sets it up: a line end behind a
 * statement and the blanks before one do not count.
 */
final class Lexer {
  /** Longest first, so that a prefix of an operator is not taken for it. */
  private static final String[] OPERATORS = {
    "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", ".", ",", ":",
    "|", "(", ")", "[", "]", "{", "}", ";"
  };

  private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private final Deque<Character> brackets = new ArrayDeque<>();
  private int at;
  private int line = 1;
  private boolean lineStarts = true;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String source = template.replace("\r\n", "\n").replace('\r', '\n');
    // as Jinja does: the last line end of a file is not text
    return new Lexer(source.endsWith("\n") ? source.substring(0, source.length() - 1) : source)
        .read();
  }

  private List<Token> read() {
    while (at < source.length()) {
      int tag = nextTag();
      char sort = tag < 0 ? 0 : source.charAt(tag + 1);
      data(tag < 0 ? source.length() : tag, sort);
      if (tag < 0) {
        break;
      }
      switch (sort) {
        case '#' -> comment();
        case '{' -> inside(Kind.OUTPUT_START, Kind.OUTPUT_END, "}}");
        default -> statement();
      }
    }
    add(Kind.END, "");
    return tokens;
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      char next = i + 1 < source.length() ? source.charAt(i + 1) : 0;
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  /** Text up to a tag, without the white space that the tag takes away. */
  private void data(int end, char sort) {
    String text = source.substring(at, end);
    char sign = sort != 0 && end + 2 < source.length() ? source.charAt(end + 2) : 0;
    String kept = text;
    if (sort != 0 && sign == '-') {
      kept = Strings.stripEnd(text);
    } else if (sort != 0 && sign != '+' && sort != '{') {
      kept = withoutIndent(text);
    }
    if (!kept.isEmpty()) {
      add(Kind.DATA, kept);
    }
    move(end);
    if (!text.isEmpty()) {
      lineStarts = false;
    }
  }

  private String withoutIndent(String text) {
    int start = text.lastIndexOf('\n') + 1;
    boolean startsLine = start > 0 || lineStarts;
    return startsLine && text.substring(start).isBlank() ? text.substring(0, start) : text;
  }

  private void comment() {
    int end = source.indexOf("#}", at + 2);
    if (end < 0) {
      throw fault("a comment has no '#}'");
    }
    move(end);
    leave(source.charAt(end - 1), 2, true);
  }

  private void statement() {
    int start = at;
    int mark = tokens.size();
    inside(Kind.STATEMENT_START, Kind.STATEMENT_END, "%}");
    if (tokens.size() == mark + 3 && tokens.get(mark + 1).isName("raw")) {
      raw(mark, start);
    }
  }

  /** Text between raw and endraw is text. */
  private void raw(int mark, int start) {
    while (tokens.size() > mark) {
      tokens.removeLast();
    }
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      at = start;
      throw fault("'raw' has no 'endraw'");
    }
    String text = source.substring(at, end.start());
    String kept = end.group(1).equals("-") ? Strings.stripEnd(text) : withoutIndent(text);
    if (!kept.isEmpty()) {
      add(Kind.DATA, kept);
    }
    move(end.end() - 2);
    leave(end.group(2).isEmpty() ? 0 : end.group(2).charAt(0), 2, true);
  }

  private void inside(Kind start, Kind end, String mark) {
    add(start, source.substring(at, at + 2));
    move(at + 2);
    if (at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+')) {
      move(at + 1);
    }
    while (true) {
      skipBlanks();
      if (at >= source.length()) {
        throw fault("'" + mark + "' is missing");
      }
      char sign = source.charAt(at);
      boolean signed = (sign == '-' || sign == '+') && source.startsWith(mark, at + 1);
      if (brackets.isEmpty() && (signed || source.startsWith(mark, at))) {
        add(end, mark);
        leave(signed ? sign : 0, signed ? 3 : 2, end == Kind.STATEMENT_END);
        return;
      }
      token();
    }
  }

  /** Ends a tag: takes the white space behind it that its sign or the set-up takes away. */
  private void leave(char sign, int length, boolean trims) {
    move(at + length);
    lineStarts = false;
    if (sign == '-') {
      while (at < source.length() && Strings.isSpace(source.charAt(at))) {
        lineStarts = source.charAt(at) == '\n';
        move(at + 1);
      }
    } else if (trims && sign != '+' && at < source.length() && source.charAt(at) == '\n') {
      move(at + 1);
      lineStarts = true;
    }
  }

  private void token() {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      string(c);
    } else if (c >= '0' && c <= '9') {
      number();
    } else if (Character.isLetter(c) || c == '_') {
      int end = at;
      while (end < source.length() && isNamePart(source.charAt(end))) {
        end++;
      }
      addUpTo(Kind.NAME, end);
    } else {
      operator();
    }
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw fault("a text has no closing " + quote);
    }
    add(Kind.STRING, Strings.unescaped(source.substring(at + 1, end)));
    move(end + 1);
  }

  private void number() {
    int end = digits(at);
    boolean fraction =
        end + 1 < source.length()
            && source.charAt(end) == '.'
            && Character.isDigit(source.charAt(end + 1));
    if (fraction) {
      end = digits(end + 1);
    }
    int exponent = exponentEnd(end);
    Kind kind = fraction || exponent > end ? Kind.FLOAT : Kind.INTEGER;
    addUpTo(kind, Math.max(exponent, end));
  }

  private int exponentEnd(int from) {
    if (from >= source.length() || Character.toLowerCase(source.charAt(from)) != 'e') {
      return from;
    }
    int sign = from + 1;
    if (sign < source.length() && "+-".indexOf(source.charAt(sign)) >= 0) {
      sign++;
    }
    int end = digits(sign);
    return end > sign ? end : from;
  }

  private int digits(int from) {
    int end = from;
    while (end < source.length() && Character.isDigit(source.charAt(end))) {
      end++;
    }
    return end;
  }

  private void operator() {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        balance(operator.charAt(0));
        addUpTo(Kind.OPERATOR, at + operator.length());
        return;
      }
    }
    throw fault("unexpected character '" + source.charAt(at) + "'");
  }

  private void balance(char c) {
    switch (c) {
      case '(' -> brackets.push(')');
      case '[' -> brackets.push(']');
      case '{' -> brackets.push('}');
      case ')', ']', '}' -> {
        if (brackets.isEmpty() || brackets.pop() != c) {
          throw fault("unexpected '" + c + "'");
        }
      }
      default -> {}
    }
  }

  private void addUpTo(Kind kind, int end) {
    add(kind, source.substring(at, end));
    move(end);
  }

  private void skipBlanks() {
    while (at < source.length() && Strings.isSpace(source.charAt(at))) {
      move(at + 1);
    }
  }

  private void move(int to) {
    for (; at < to; at++) {
      if (source.charAt(at) == '\n') {
        line++;
      }
    }
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private TemplateFault fault(String reason) {
    return new TemplateFault(line, reason);
  }
}
