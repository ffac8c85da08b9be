package dev.slm.shell;

import dev.slm.base.SafeText;
import dev.slm.session.AnswerListener;

/** Shows an answer while it comes: safe, wrapped at words, reasoning set apart. */
final class AnswerView implements AnswerListener, AutoCloseable {
  /** What is done with a model's reasoning. */
  enum Reasoning {
    SHOW,
    DIM,
    HIDE
  }

  private final Screen screen;
  private final Reasoning reasoning;
  private Part part;
  private boolean reasoned;

  /** One stretch of text in one style. */
  private static final class Part {
    private final Screen screen;
    private final Text.Style style;
    private final SafeText safe = new SafeText();
    private final WordWrap wrap;
    private boolean isLineOpen;

    Part(Screen screen, Text.Style style) {
      this.screen = screen;
      this.style = style;
      wrap = new WordWrap(screen.isTerminal() ? screen.width() : Integer.MAX_VALUE);
    }

    void print(String piece) {
      show(screen.isTerminal() ? wrap.next(safe.next(piece)) : safe.next(piece));
    }

    void end() {
      show(screen.isTerminal() ? wrap.next(safe.end()) + wrap.end() : safe.end());
      if (isLineOpen) {
        show("\n");
      }
    }

    private void show(String text) {
      if (!text.isEmpty()) {
        isLineOpen = !text.endsWith("\n");
        screen.print(Text.of(text, style));
      }
    }
  }

  AnswerView(Screen screen, Reasoning reasoning) {
    this.screen = screen;
    this.reasoning = reasoning;
    part = new Part(screen, Text.Style.PLAIN);
  }

  @Override
  public void reasoning(String piece) {
    if (!reasoned) {
      reasoned = true;
      if (reasoning == Reasoning.HIDE) {
        screen.note("thinking …");
      }
      part = new Part(screen, reasoning == Reasoning.DIM ? Text.Style.DIM : Text.Style.PLAIN);
    }
    if (reasoning != Reasoning.HIDE) {
      part.print(piece);
    }
  }

  @Override
  public void text(String piece) {
    if (reasoned) {
      reasoned = false;
      part.end();
      if (reasoning != Reasoning.HIDE) {
        screen.line();
      }
      part = new Part(screen, Text.Style.PLAIN);
    }
    part.print(piece);
  }

  @Override
  public void close() {
    part.end();
  }
}
