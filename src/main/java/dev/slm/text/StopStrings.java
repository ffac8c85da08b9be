package dev.slm.text;

import java.util.List;
import java.util.Optional;

/**
 * Finds stop strings in streamed text, also across the borders of pieces: text that may become a
 * stop string is held back until it is decided.
 */
public final class StopStrings {
  private final List<String> stops;
  private String held = "";
  private Optional<String> found = Optional.empty();

  public StopStrings(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** The text that may be shown now; nothing more once a stop string was found. */
  public String accept(String piece) {
    if (stops.isEmpty()) {
      return piece;
    }
    if (found.isPresent()) {
      return "";
    }
    String text = held + piece;
    int first = firstStop(text);
    if (first >= 0) {
      held = "";
      return text.substring(0, first);
    }
    int free = text.length() - longestBeginning(text);
    held = text.substring(free);
    return text.substring(0, free);
  }

  /** What was held back when the answer ended. */
  public String finish() {
    String rest = held;
    held = "";
    return rest;
  }

  /** The stop string that ended the answer. */
  public Optional<String> found() {
    return found;
  }

  private int firstStop(String text) {
    int first = -1;
    for (String stop : stops) {
      int at = text.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
        found = Optional.of(stop);
      }
    }
    return first;
  }

  /** How many last characters begin a stop string. */
  private int longestBeginning(String text) {
    int longest = 0;
    for (String stop : stops) {
      longest = Math.max(longest, overlap(text, stop));
    }
    return longest;
  }

  /** How many last characters of the text are the first ones of the mark. */
  static int overlap(String text, String mark) {
    for (int n = Math.min(mark.length() - 1, text.length()); n > 0; n--) {
      if (text.startsWith(mark.substring(0, n), text.length() - n)) {
        return n;
      }
    }
    return 0;
  }
}
