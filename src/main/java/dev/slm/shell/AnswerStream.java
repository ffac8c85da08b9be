package dev.slm.shell;

import dev.slm.base.SafeText;

/** An answer that is shown while it arrives; safe however it is cut into pieces. */
public final class AnswerStream implements AutoCloseable {
  private final Screen screen;
  private final SafeText safe = new SafeText();
  private boolean isLineOpen;

  AnswerStream(Screen screen) {
    this.screen = screen;
  }

  public void print(String piece) {
    print(piece, Text.Style.PLAIN);
  }

  public void print(String piece, Text.Style style) {
    show(safe.next(piece), style);
  }

  /** Ends the answer with a line end, unless it has one. */
  @Override
  public void close() {
    show(safe.end(), Text.Style.PLAIN);
    if (isLineOpen) {
      show("\n", Text.Style.PLAIN);
    }
  }

  private void show(String text, Text.Style style) {
    if (!text.isEmpty()) {
      isLineOpen = !text.endsWith("\n");
      screen.print(Text.of(text, style));
    }
  }
}
