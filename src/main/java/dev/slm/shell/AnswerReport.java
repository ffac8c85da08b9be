package dev.slm.shell;

import dev.slm.base.Units;
import dev.slm.model.FinishReason;
import dev.slm.model.Timings;
import dev.slm.session.Answer;
import dev.slm.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The line behind an answer: how fast it was and how full the context is. */
final class AnswerReport {
  private AnswerReport() {}

  static String line(Session.Exchange exchange) {
    Answer answer = exchange.answer();
    Timings timings = answer.timings();
    if (answer.reason() == FinishReason.CANCELLED && timings.answerTokens() == 0) {
      // how much of the prompt was computed is not known, so neither is its speed
      return String.format(
          Locale.ROOT, "stopped while reading the prompt of %,d tokens", timings.promptTokens());
    }
    List<String> parts = new ArrayList<>();
    switch (answer.reason()) {
      case STOP -> {}
      case LENGTH -> parts.add("cut off at max_tokens");
      case CONTEXT -> parts.add("cut off: the context is full");
      case CANCELLED -> parts.add("stopped");
    }
    if (timings.answerTokens() > 0) {
      parts.add("first token " + Units.time(timings.timeToFirstToken()));
    }
    parts.add(prompt(timings));
    parts.add("answer %d%s".formatted(timings.answerTokens(), rate(timings.answerRate())));
    parts.add(
        String.format(
            Locale.ROOT, "context %,d/%,d", exchange.contextTokens(), exchange.contextLength()));
    return String.join(" · ", parts);
  }

  private static String prompt(Timings timings) {
    String cached = timings.cachedTokens() > 0 ? " (" + timings.cachedTokens() + " known)" : "";
    return "prompt %d%s%s".formatted(timings.promptTokens(), cached, rate(timings.promptRate()));
  }

  private static String rate(double perSecond) {
    return perSecond <= 0
        ? ""
        : String.format(Locale.ROOT, perSecond < 10 ? " at %.1f/s" : " at %,.0f/s", perSecond);
  }
}
