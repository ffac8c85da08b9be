package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class AnswerViewTest {
  private static final String DIM = "\u001b[2m";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** An answer with reasoning, in pieces, as it is shown in 30 columns. */
  private String shown(AnswerView.Reasoning reasoning, Screen.Looks looks) {
    Screen screen = new Screen(new PrintWriter(out), looks, new PrintWriter(err), looks, () -> 30);
    try (AnswerView view = new AnswerView(screen, reasoning)) {
      view.reasoning("Two and t");
      view.reasoning("wo is one more than three.");
      view.text("Fo");
      view.text("ur.");
    }
    return out.toString().replace("\r", "");
  }

  @Test
  void reasoningIsDimAndWrappedAndApartFromTheAnswer() {
    String text = shown(AnswerView.Reasoning.DIM, new Screen.Looks(true, true));

    assertThat(plain(text)).isEqualTo("Two and two is one more than\nthree.\n\nFour.\n");
    assertThat(text.substring(0, text.indexOf("Four"))).contains(DIM);
    assertThat(text.substring(text.indexOf("Four"))).doesNotContain(DIM);
  }

  @Test
  void reasoningThatIsShownLooksLikeTheAnswer() {
    String text = shown(AnswerView.Reasoning.SHOW, new Screen.Looks(true, true));

    assertThat(text).isEqualTo("Two and two is one more than\nthree.\n\nFour.\n");
  }

  @Test
  void reasoningThatIsHiddenIsToldWhileItLasts() {
    String text = shown(AnswerView.Reasoning.HIDE, new Screen.Looks(true, true));

    assertThat(text).isEqualTo("Four.\n");
    assertThat(plain(err.toString())).isEqualTo("thinking …\n");
  }

  @Test
  void withoutColoursReasoningIsApartByAnEmptyLine() {
    String text = shown(AnswerView.Reasoning.DIM, new Screen.Looks(true, false));

    assertThat(text).isEqualTo("Two and two is one more than\nthree.\n\nFour.\n");
  }

  @Test
  void reasoningAloneEndsItsLine() {
    Screen screen = Screen.plain(out, err);
    try (AnswerView view = new AnswerView(screen, AnswerView.Reasoning.DIM)) {
      view.reasoning("hm");
    }

    assertThat(out).hasToString("hm\n");
  }

  private static String plain(String text) {
    return text.replaceAll("\u001b\\[[0-9;]*m", "");
  }
}
