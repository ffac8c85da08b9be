package dev.slm.shell;

import dev.slm.base.Units;
import dev.slm.model.FinishReason;
import dev.slm.model.Timings;
import dev.slm.session.Answer;
import dev.slm.session.Session;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The line behind an answer: how fast it was and how full the context is. */
final class AnswerReport {
  private AnswerReport() {}

  /**
   * The figures in one line; what matters least is left out where it does not fit. A line that
   * fills the last column of a terminal would wrap.
   */
  static String line(Session.Exchange exchange, int width) {
    Answer answer = exchange.answer();
    Timings timings = answer.timings();
    if (answer.reason() == FinishReason.CANCELLED && timings.answerTokens() == 0) {
      // how much of the prompt was computed is not known, so neither is its speed
      return String.format(
          Locale.ROOT, "stopped while reading the prompt of %,d tokens", timings.promptTokens());
    }
    String prompt = brief("prompt", timings.promptRate());
    String answered = brief("answer", timings.answerRate());
    List<String> forms =
        List.of(
            joined(exchange, prompt(timings), answerTokens(timings)),
            joined(exchange, prompt, answered),
            joined(exchange, "", answered));
    return forms.stream().filter(form -> form.length() < width).findFirst().orElse(forms.getLast());
  }

  private static String joined(Session.Exchange exchange, String prompt, String answerTokens) {
    Timings timings = exchange.answer().timings();
    String first =
        timings.answerTokens() > 0 ? "first token " + Units.time(timings.timeToFirstToken()) : "";
    String context =
        "context %s/%s"
            .formatted(
                Units.grouped(exchange.contextTokens()), Units.grouped(exchange.contextLength()));
    return Stream.of(reason(exchange.answer().reason()), first, prompt, answerTokens, context)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" · "));
  }

  private static String reason(FinishReason reason) {
    return switch (reason) {
      case STOP -> "";
      case LENGTH -> "cut off at max_tokens";
      case CONTEXT -> "cut off: the context is full";
      case CANCELLED -> "stopped";
    };
  }

  private static String prompt(Timings timings) {
    String cached =
        timings.cachedTokens() > 0 ? " (" + Units.grouped(timings.cachedTokens()) + " known)" : "";
    return "prompt " + Units.grouped(timings.promptTokens()) + cached + rate(timings.promptRate());
  }

  private static String answerTokens(Timings timings) {
    return "answer " + Units.grouped(timings.answerTokens()) + rate(timings.answerRate());
  }

  private static String brief(String what, double perSecond) {
    return perSecond <= 0 ? "" : what + rate(perSecond).replace(" at", "");
  }

  private static String rate(double perSecond) {
    return perSecond <= 0
        ? ""
        : String.format(Locale.ROOT, perSecond < 10 ? " at %.1f/s" : " at %,.0f/s", perSecond);
  }
}
