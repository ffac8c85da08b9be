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
      wrap = new WordWrap(screen.lineWidth());
    }

    void print(String piece) {
      String whole = safe.next(piece);
      wrap.resize(screen.lineWidth());
      show(screen.isTerminal() ? wrap.next(whole) : whole, whole);
    }

    void end() {
      String whole = safe.end();
      show(screen.isTerminal() ? wrap.next(whole) + wrap.end() : whole, whole);
      if (isLineOpen) {
        show("\n", "\n");
      }
    }

    private void show(String broken, String whole) {
      if (!broken.isEmpty()) {
        isLineOpen = !broken.endsWith("\n");
      }
      if (!broken.isEmpty() || !whole.isEmpty()) {
        screen.print(Text.of(broken, style), whole);
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
