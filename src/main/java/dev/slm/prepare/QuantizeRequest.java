package dev.slm.prepare;

import dev.slm.quantize.WeightOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What to make of a checkpoint.
 *
 * @param recipe name of the recipe that the options began with, empty for none
 * @param name what the model will be called
 * @param output folder to put it in instead of the cache
 * @param calibration texts or conversations to measure the quality on, instead of those that the
 *     checkpoint brings and the built-in ones
 * @param limits what the quality must reach
 * @param measures whether the quality is measured at all
 */
public record QuantizeRequest(
    Checkpoint source,
    String recipe,
    WeightOptions options,
    String name,
    Optional<Path> output,
    Optional<Path> calibration,
    Limits limits,
    boolean measures) {

  /**
   * The user's line for the quality.
   *
   * @param maxKl most mean divergence, in nats per token
   * @param minAgreement least share of tokens that are predicted alike, from 0 to 1
   */
  public record Limits(OptionalDouble maxKl, OptionalDouble minAgreement) {
    public static final Limits NONE = new Limits(OptionalDouble.empty(), OptionalDouble.empty());

    boolean exist() {
      return maxKl.isPresent() || minAgreement.isPresent();
    }

    /** Which limits a report is on the wrong side of, and how far; empty when of none. */
    Optional<String> breach(QualityReport report) {
      List<String> breaches = new ArrayList<>();
      // a model with NaN is on the right side of nothing
      if (maxKl.isPresent() && !(report.klMean() <= maxKl.getAsDouble())) {
        breaches.add(
            "the mean KL divergence is "
                + Numbers.four(report.klMean())
                + ", the limit is "
                + Numbers.four(maxKl.getAsDouble()));
      }
      if (minAgreement.isPresent() && !(report.agreement() >= minAgreement.getAsDouble())) {
        breaches.add(
            "the top-1 agreement is "
                + Numbers.exactPercent(report.agreement())
                + ", the limit is "
                + Numbers.exactPercent(minAgreement.getAsDouble()));
      }
      return breaches.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", breaches));
    }
  }
}
