package dev.slm.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a model's latency changed between two runs.
 *
 * @param ratio new median by old median; below 1 is faster
 * @param isNoise whether the ranges from the first to the third quarter overlap, so that the
 *     difference may be chance
 */
public record Comparison(String model, double before, double after, double ratio, boolean isNoise) {
  /** The models that both runs measured. */
  public static List<Comparison> of(List<ModelResult> before, List<ModelResult> after) {
    List<Comparison> all = new ArrayList<>();
    for (ModelResult now : after) {
      Optional<ModelResult> then =
          before.stream()
              .filter(result -> result.model().equals(now.model()))
              .filter(result -> !result.latency().isEmpty())
              .findFirst();
      if (then.isPresent() && !now.latency().isEmpty()) {
        all.add(of(now.model(), then.get().latency(), now.latency()));
      }
    }
    return all;
  }

  private static Comparison of(String model, Figures before, Figures after) {
    double old = before.percentile(50);
    double now = after.percentile(50);
    boolean overlaps =
        before.percentile(25) <= after.percentile(75)
            && after.percentile(25) <= before.percentile(75);
    return new Comparison(model, old, now, now / old, overlaps);
  }

  /** {@code faster}, {@code slower} or {@code same}. */
  public String verdict() {
    if (isNoise) {
      return "same";
    }
    return ratio < 1 ? "faster" : "slower";
  }
}
