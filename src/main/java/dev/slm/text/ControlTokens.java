package dev.slm.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that steer a model, found only where a template wrote them. What people and tools
 * write is guarded before it goes into the template: a guard, a character that no text contains,
 * splits everything in it that spells such a token, and is taken out again afterwards. So a message
 * can talk about {@code <|im_end|>} without ending.
 */
final class ControlTokens {
  /** A noncharacter: never in an exchange of text, so that templates cannot mean it either. */
  static final char GUARD = '\uFDD0';

  private final List<AddedToken> longestFirst;
  private final Map<Character, List<AddedToken>> byFirst = new HashMap<>();

  ControlTokens(List<AddedToken> tokens) {
    longestFirst =
        tokens.stream()
            .sorted(Comparator.comparingInt((AddedToken t) -> t.content().length()).reversed())
            .toList();
    for (AddedToken token : longestFirst) {
      byFirst.computeIfAbsent(lower(token.content().charAt(0)), _ -> new ArrayList<>()).add(token);
    }
  }

  /** The longest control token that the text has at a place, or null. */
  @Nullable AddedToken at(String text, int place) {
    for (AddedToken token : candidates(text.charAt(place))) {
      if (text.startsWith(token.content(), place)) {
        return token;
      }
    }
    return null;
  }

  /**
   * Text in which nothing spells a control token, whatever the template puts behind it.
   *
   * @param specialOnly leaves those alone that models write themselves, such as {@code <think>}
   */
  String guarded(String said, boolean specialOnly) {
    // guards of the text's own would hide from us what it spells without them
    String text = withoutGuards(said);
    StringBuilder out = null;
    int copied = 0;
    for (int i = 0; i < text.length(); i++) {
      if (spells(text, i, specialOnly)) {
        out = out == null ? new StringBuilder(text.length() + 16) : out;
        out.append(text, copied, i + 1).append(GUARD);
        copied = i + 1;
      }
    }
    return out == null ? text : out.append(text, copied, text.length()).toString();
  }

  private boolean spells(String text, int place, boolean specialOnly) {
    for (AddedToken token : candidates(text.charAt(place))) {
      String content = token.content();
      int length = Math.min(content.length(), text.length() - place);
      if ((token.special() || !specialOnly)
          && text.regionMatches(true, place, content, 0, length)) {
        return true;
      }
    }
    return false;
  }

  private List<AddedToken> candidates(char first) {
    return byFirst.getOrDefault(lower(first), List.of());
  }

  private static char lower(char c) {
    return Character.toString(c).toLowerCase(Locale.ROOT).charAt(0);
  }

  static String withoutGuards(String text) {
    return text.indexOf(GUARD) < 0 ? text : text.replace(String.valueOf(GUARD), "");
  }
}
