package dev.slm.text;

import java.util.Arrays;

/**
 * Decodes an answer token by token. A piece is given out when its characters are complete; all
 * pieces together are the text that the whole answer decodes to.
 */
public final class TextStream {
  private static final String UNFINISHED = "\uFFFD";

  /** A character has four bytes at most; more open tokens than that are not a character. */
  private static final int MOST_OPEN = 8;

  private final Tokenizer tokenizer;
  private int[] window = new int[MOST_OPEN];
  private int length;
  private int open;
  private String shown = "";

  TextStream(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** Takes the next token and gives the text that is complete with it, often none. */
  public String accept(int id) {
    AddedToken control = tokenizer.control(id);
    if (control != null) {
      return finish() + (isShown(control) ? control.content() : "");
    }
    add(id);
    String text = tokenizer.decodeOrdinary(Arrays.copyOf(window, length));
    boolean complete = text.length() > shown.length() && !text.endsWith(UNFINISHED);
    return complete || open > MOST_OPEN ? give(text) : "";
  }

  /** The rest, with "�" for what never became a character. */
  public String finish() {
    if (open == 0) {
      return "";
    }
    return give(tokenizer.decodeOrdinary(Arrays.copyOf(window, length)));
  }

  private static boolean isShown(AddedToken control) {
    return !control.special() || ReasoningMarks.areOf(control.content());
  }

  private void add(int id) {
    if (length == window.length) {
      window = Arrays.copyOf(window, length * 2);
    }
    window[length++] = id;
    open++;
  }

  /** Keeps the tokens just given as the context of the next: blanks depend on it. */
  private String give(String text) {
    String piece = text.length() > shown.length() ? text.substring(shown.length()) : "";
    System.arraycopy(window, length - open, window, 0, open);
    length = open;
    open = 0;
    shown = tokenizer.decodeOrdinary(Arrays.copyOf(window, length));
    return piece;
  }
}
