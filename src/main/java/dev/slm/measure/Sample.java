package dev.slm.measure;

/**
 * One measured answer.
 *
 * @param seconds from asking to the last token
 * @param firstTokenSeconds from asking to the first token, 0 when the endpoint does not stream
 * @param promptTokens of the prompt, of which {@code cachedTokens} were not computed again
 */
public record Sample(
    String prompt,
    String answer,
    double seconds,
    double firstTokenSeconds,
    int promptTokens,
    int cachedTokens,
    int answerTokens) {

  /** The workshop's figure: all tokens, those of the prompt too, by the whole time. */
  public double workshopRate() {
    return rate(promptTokens + answerTokens, seconds);
  }

  /**
   * Prompt tokens per second, 0 when the time to the first token is not known or when most of the
   * prompt was not computed: the rest says nothing of the speed.
   */
  public double promptRate() {
    return cachedTokens * 2 > promptTokens
        ? 0
        : rate(promptTokens - cachedTokens, firstTokenSeconds);
  }

  /** Answer tokens per second after the first one. */
  public double answerRate() {
    return firstTokenSeconds > 0 && answerTokens > 1
        ? rate(answerTokens - 1, seconds - firstTokenSeconds)
        : 0;
  }

  private static double rate(int tokens, double seconds) {
    return seconds > 0 && tokens > 0 ? tokens / seconds : 0;
  }
}
