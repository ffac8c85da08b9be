package dev.slm.prepare;

/**
 * How the quality of a result will be measured.
 *
 * @param reason why not with the unquantized weights, empty when with them
 * @param mostTokens of the text that are run: fewer of large models, which take longer
 */
public record QualityPlan(Baseline baseline, String reason, int mostTokens) {
  /** More tokens change the figures by less than texts differ. */
  private static final double MOST_TOKENS = 2400;

  private static final double LEAST_TOKENS = 300;

  /** Parameters times tokens of a run that takes about 15 seconds on two cores. */
  private static final double LARGEST_RUN = 6e11;

  static int tokensFor(long parameters) {
    return (int) Math.clamp(LARGEST_RUN / Math.max(1, parameters), LEAST_TOKENS, MOST_TOKENS);
  }

  /** One sentence for people, empty when everything is measured. */
  public String note() {
    return switch (baseline) {
      case UNQUANTIZED -> "";
      case EIGHT_BITS -> "quality is compared with 8-bit weights: " + reason;
      case NOTHING -> "only the result's own perplexity is measured: " + reason;
      case WEIGHTS_ONLY -> "only the error of the weights is measured: " + reason;
    };
  }
}
