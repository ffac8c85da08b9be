package dev.slm.text;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Splits streamed text into reasoning and answer at the model's marks, which are left out together
 * with the line ends around them.
 */
public final class ReasoningSplit {
  private enum Place {
    BEFORE,
    REASONING,
    ANSWER
  }

  private final @Nullable ReasoningMarks marks;
  private final Consumer<String> reasoning;
  private final Consumer<String> answer;
  private Place place;
  private String held = "";
  private boolean atStart = true;

  /**
   * @param marks null for models that do not reason
   * @param prompt the rendered prompt: reasoning may have begun at its end
   */
  public ReasoningSplit(
      @Nullable ReasoningMarks marks,
      String prompt,
      Consumer<String> reasoning,
      Consumer<String> answer) {
    this.marks = marks;
    this.reasoning = reasoning;
    this.answer = answer;
    boolean begun = marks != null && prompt.stripTrailing().endsWith(marks.open());
    place = marks == null ? Place.ANSWER : begun ? Place.REASONING : Place.BEFORE;
    // without marks every character is the answer's, leading line ends too
    atStart = marks != null;
  }

  public void accept(String piece) {
    if (marks == null) {
      give(piece);
      return;
    }
    held += piece;
    boolean moved = true;
    while (moved && !held.isEmpty()) {
      moved =
          switch (place) {
            case BEFORE -> beforeReasoning(marks.open());
            case REASONING -> inReasoning(marks.close());
            case ANSWER -> inAnswer();
          };
    }
  }

  /** Gives out what was held back when the answer ended. */
  public void finish() {
    if (place == Place.BEFORE) {
      place = Place.ANSWER;
      atStart = false;
    }
    if (!held.isEmpty()) {
      give(held);
      held = "";
    }
  }

  /** Reasoning stands only at the very start, behind white space. */
  private boolean beforeReasoning(String open) {
    String text = held.stripLeading();
    if (text.startsWith(open)) {
      held = text.substring(open.length());
      enter(Place.REASONING);
      return true;
    }
    if (open.startsWith(text)) {
      return false;
    }
    place = Place.ANSWER;
    atStart = false;
    return true;
  }

  private boolean inReasoning(String close) {
    int end = held.indexOf(close);
    if (end >= 0) {
      give(held.substring(0, end).stripTrailing());
      held = held.substring(end + close.length());
      enter(Place.ANSWER);
      return true;
    }
    String free = held.substring(0, held.length() - StopStrings.overlap(held, close));
    // line ends before the closing mark belong to it
    String shown = free.stripTrailing();
    give(shown);
    held = held.substring(shown.length());
    return false;
  }

  private boolean inAnswer() {
    give(held);
    held = "";
    return false;
  }

  private void enter(Place next) {
    place = next;
    atStart = true;
  }

  private void give(String text) {
    String shown = atStart ? text.stripLeading() : text;
    if (shown.isEmpty()) {
      return;
    }
    atStart = false;
    (place == Place.REASONING ? reasoning : answer).accept(shown);
  }
}
