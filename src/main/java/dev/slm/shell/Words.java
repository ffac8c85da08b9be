package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A line split into words as a POSIX shell does: blanks separate, {@code '…'} takes everything as
 * it is, {@code "…"} knows {@code \"}, {@code \\} and {@code ${NAME}}, and {@code #} at the start
 * of a word begins a comment. Unlike there, a backslash before an ordinary letter is itself, so
 * that paths of Windows survive.
 *
 * @param words what was found, in order
 * @param open what the line still waits for: a quote, a backslash for a further line, or nothing
 */
record Words(List<Word> words, Open open) {

  /** One word with its place on the line. */
  record Word(String text, int start, int end, boolean isQuoted) {}

  /** What an unfinished line waits for. */
  enum Open {
    NOTHING,
    SINGLE_QUOTE,
    DOUBLE_QUOTE,
    NEXT_LINE
  }

  /** Splits without variables: {@code ${NAME}} stays as it is. */
  static Words split(String line) {
    return split(line, name -> "${" + name + "}");
  }

  static Words split(String line, Function<String, String> variables) {
    return new Splitter(line, variables).split();
  }

  List<String> texts() {
    return words.stream().map(Word::text).toList();
  }

  /** The words of a line that must be complete. */
  List<String> complete() {
    switch (open) {
      case SINGLE_QUOTE -> throw Problem.usage("a ' is not closed");
      case DOUBLE_QUOTE -> throw Problem.usage("a \" is not closed");
      case NEXT_LINE -> throw Problem.usage("the line ends with a backslash and nothing follows");
      case NOTHING -> {}
    }
    return texts();
  }

  /** Writes a word so that splitting gives it back. */
  static String quote(String word) {
    return SafeText.word(word);
  }

  private static final class Splitter {
    private static final String ESCAPABLE = " \t'\"\\$#";

    private final String line;
    private final Function<String, String> variables;
    private final List<Word> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private int at;
    private int start = -1;
    private boolean isQuoted;
    private Open open = Open.NOTHING;

    Splitter(String line, Function<String, String> variables) {
      this.line = line;
      this.variables = variables;
    }

    Words split() {
      while (at < line.length() && open == Open.NOTHING) {
        char c = line.charAt(at);
        if (Character.isWhitespace(c)) {
          end();
          at++;
        } else if (c == '#' && start < 0) {
          at = line.length();
        } else {
          begin();
          take(c);
        }
      }
      end();
      return new Words(List.copyOf(words), open);
    }

    private void take(char c) {
      switch (c) {
        case '\'' -> singleQuoted();
        case '"' -> doubleQuoted();
        case '\\' -> escaped();
        case '$' -> variable();
        default -> {
          word.append(c);
          at++;
        }
      }
    }

    private void singleQuoted() {
      isQuoted = true;
      int close = line.indexOf('\'', at + 1);
      if (close < 0) {
        open = Open.SINGLE_QUOTE;
        close = line.length();
      }
      word.append(line, at + 1, close);
      at = Math.min(close + 1, line.length());
    }

    private void doubleQuoted() {
      isQuoted = true;
      at++;
      while (at < line.length() && line.charAt(at) != '"') {
        char c = line.charAt(at);
        if (c == '$') {
          variable();
        } else {
          boolean isEscape = c == '\\' && at + 1 < line.length();
          if (isEscape && "\"\\$".indexOf(line.charAt(at + 1)) >= 0) {
            at++;
          }
          word.append(line.charAt(at));
          at++;
        }
      }
      if (at >= line.length()) {
        open = Open.DOUBLE_QUOTE;
      }
      at = Math.min(at + 1, line.length());
    }

    private void escaped() {
      if (at + 1 == line.length()) {
        open = Open.NEXT_LINE;
      } else if (ESCAPABLE.indexOf(line.charAt(at + 1)) >= 0) {
        word.append(line.charAt(at + 1));
        isQuoted = true;
        at++;
      } else {
        word.append('\\');
      }
      at++;
    }

    private void variable() {
      int close = line.startsWith("${", at) ? line.indexOf('}', at) : -1;
      if (close < 0) {
        word.append('$');
        at++;
      } else {
        word.append(variables.apply(line.substring(at + 2, close)));
        at = close + 1;
      }
    }

    private void begin() {
      if (start < 0) {
        start = at;
      }
    }

    private void end() {
      boolean isLoneBackslash = open == Open.NEXT_LINE && word.isEmpty() && !isQuoted;
      if (start >= 0 && !isLoneBackslash) {
        words.add(new Word(word.toString(), start, at, isQuoted));
      }
      word.setLength(0);
      start = -1;
      isQuoted = false;
    }
  }
}
