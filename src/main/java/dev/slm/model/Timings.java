package dev.slm.model;

import java.time.Duration;

/**
 * What one answer cost. Prompt tokens found in the KV cache are {@code cachedTokens} and took no
 * time; {@code promptTime} ends when the first token is chosen, {@code answerTime} covers the rest.
 */
public record Timings(
    int promptTokens,
    int cachedTokens,
    Duration promptTime,
    int answerTokens,
    Duration answerTime) {

  public static final Timings NONE = new Timings(0, 0, Duration.ZERO, 0, Duration.ZERO);

  /** Prompt tokens computed per second. */
  public double promptRate() {
    return perSecond(promptTokens - cachedTokens, promptTime);
  }

  /** Answer tokens per second after the first one. */
  public double answerRate() {
    return perSecond(Math.max(answerTokens - 1, 0), answerTime);
  }

  public Duration timeToFirstToken() {
    return promptTime;
  }

  public Duration total() {
    return promptTime.plus(answerTime);
  }

  private static double perSecond(int tokens, Duration time) {
    return time.isZero() ? 0 : tokens * 1e9 / time.toNanos();
  }
}
