package dev.slm.measure;

import java.util.Arrays;
import java.util.List;

/** What a list of measured values says. */
public final class Figures {
  private final double[] sorted;

  private Figures(double[] sorted) {
    this.sorted = sorted;
  }

  public static Figures of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return new Figures(sorted);
  }

  public boolean isEmpty() {
    return sorted.length == 0;
  }

  public double mean() {
    return Arrays.stream(sorted).average().orElse(0);
  }

  /**
   * The exact percentile: of all values, with linear interpolation between the two nearest ones, as
   * numpy and spreadsheets compute it.
   *
   * @param percent from 0 to 100
   */
  public double percentile(double percent) {
    if (sorted.length == 0) {
      return 0;
    }
    double rank = percent / 100 * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }

  /** Standard deviation of the sample, as a share of the mean; 0 for fewer than two values. */
  public double spread() {
    double mean = mean();
    if (sorted.length < 2 || mean == 0) {
      return 0;
    }
    double squares = Arrays.stream(sorted).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (sorted.length - 1)) / mean;
  }
}
