package dev.slm.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells patterns apart that native code can match in a time that grows with the text from those
 * that can take for ever: repeating a group that itself repeats or chooses, and back-references.
 * The patterns of published tokenizers need neither.
 */
final class RegexRules {
  private static final int LONGEST = 8192;
  private static final int DEEPEST = 20;

  private final String pattern;
  private int at;

  private RegexRules(String pattern) {
    this.pattern = pattern;
  }

  /** What is wrong with a pattern, if anything. */
  static Optional<String> mistake(String pattern) {
    if (pattern.length() > LONGEST) {
      return Optional.of("is longer than " + LONGEST + " characters");
    }
    return Optional.ofNullable(new RegexRules(pattern).walk());
  }

  /** One open group: whether it holds a repetition or a choice. */
  private static final class Group {
    boolean isComplex;
  }

  private @Nullable String walk() {
    Deque<Group> open = new ArrayDeque<>();
    open.push(new Group());
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      switch (c) {
        case '\\' -> {
          if (at + 1 < pattern.length() && isReference(pattern.charAt(at + 1))) {
            return "has a back-reference";
          }
          skipEscape();
        }
        case '[' -> {
          if (!skipClass()) {
            return "has a '[' without its ']'";
          }
        }
        case '(' -> {
          open.push(new Group());
          at++;
          if (open.size() > DEEPEST) {
            return "nests more than " + DEEPEST + " groups";
          }
        }
        case ')' -> {
          if (open.size() == 1) {
            return "has a ')' without its '('";
          }
          Group closed = open.pop();
          at++;
          if (isUnbounded() && closed.isComplex) {
            return "repeats a group that repeats or chooses, which can take for ever";
          }
          open.getFirst().isComplex |= closed.isComplex;
        }
        case '|', '*', '+', '{' -> {
          open.getFirst().isComplex = true;
          at++;
        }
        default -> at++;
      }
    }
    return open.size() > 1 ? "has a '(' without its ')'" : null;
  }

  /** Skips an escape, with the name of a property such as {@code \\p{Lu}}. */
  private void skipEscape() {
    boolean property = pattern.startsWith("p{", at + 1) || pattern.startsWith("P{", at + 1);
    int end = property ? pattern.indexOf('}', at) : -1;
    at = end < 0 ? at + 2 : end + 1;
  }

  private static boolean isReference(char c) {
    return (c >= '1' && c <= '9') || c == 'k' || c == 'g';
  }

  /** Skips a class with its nested classes; false when it does not end. */
  private boolean skipClass() {
    int depth = 0;
    boolean first = false;
    while (at < pattern.length()) {
      char c = pattern.charAt(at++);
      if (c == '\\') {
        at++;
      } else if (c == '[') {
        depth++;
        first = true;
        if (at < pattern.length() && pattern.charAt(at) == '^') {
          at++;
        }
        continue;
      } else if (c == ']' && !first && --depth == 0) {
        return true;
      }
      first = false;
    }
    return false;
  }

  private boolean isUnbounded() {
    if (at >= pattern.length()) {
      return false;
    }
    char c = pattern.charAt(at);
    return c == '*' || c == '+' || c == '{';
  }
}
