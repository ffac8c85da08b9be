package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.model.FinishReason;
import dev.slm.model.Timings;
import dev.slm.session.Answer;
import dev.slm.session.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerReportTest {
  private static final Timings LONG_CHAT =
      new Timings(12_345, 12_288, Duration.ofMillis(640), 1_024, Duration.ofSeconds(27));

  private static String line(FinishReason reason, Timings timings, int width) {
    Answer answer = new Answer("x", "", reason, Optional.empty(), timings, List.of());
    return AnswerReport.line(new Session.Exchange(answer, 13_369, 32_768), width);
  }

  @Test
  void figuresOfALongChatFitALineOfATerminal() {
    assertThat(line(FinishReason.STOP, LONG_CHAT, 80))
        .isEqualTo("first token 640 ms · prompt 89/s · answer 38/s · context 13,369/32,768")
        .hasSizeLessThan(80);
    assertThat(line(FinishReason.LENGTH, LONG_CHAT, 90))
        .startsWith("cut off at max_tokens · first token 640 ms · answer 38/s · ")
        .hasSizeLessThan(90);
  }

  @Test
  void whereThereIsRoomNumbersOfTokensAreTold() {
    assertThat(line(FinishReason.STOP, LONG_CHAT, 200))
        .isEqualTo(
            "first token 640 ms · prompt 12,345 (12,288 known) at 89/s · answer 1,024 at 38/s"
                + " · context 13,369/32,768");
  }

  @Test
  void theLastColumnStaysFree() {
    String whole = line(FinishReason.STOP, LONG_CHAT, 200);

    assertThat(line(FinishReason.STOP, LONG_CHAT, whole.length())).isNotEqualTo(whole);
    assertThat(line(FinishReason.STOP, LONG_CHAT, whole.length() + 1)).isEqualTo(whole);
  }

  @Test
  void anAnswerThatWasStoppedBeforeItBeganHasNoFigures() {
    Timings none = new Timings(3_000, 0, Duration.ofMillis(300), 0, Duration.ZERO);

    assertThat(line(FinishReason.CANCELLED, none, 80))
        .isEqualTo("stopped while reading the prompt of 3,000 tokens");
  }
}
