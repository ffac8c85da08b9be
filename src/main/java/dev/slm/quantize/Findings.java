package dev.slm.quantize;

/** What was noticed in some rows of a weight. Used by one thread at a time. */
final class Findings {
  private long notNumbers;
  private long infinities;
  private long zeroBlocks;
  private double error;
  private double square;

  /** Counts what is not finite, and puts zero or the farthest finite value in its place. */
  void repair(float[] values, int from, int to) {
    float least = least(values, from, to);
    float most = most(values, from, to);
    for (int i = from; i < to; i++) {
      if (Float.isNaN(values[i])) {
        notNumbers++;
        values[i] = 0;
      } else if (Float.isInfinite(values[i])) {
        infinities++;
        values[i] = values[i] < 0 ? least : most;
      }
    }
  }

  /** Counts what is not finite and leaves it as it is. */
  void countUnusual(float[] values, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i] * 0; // anything but zero when a value is not finite
    }
    if (sum == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      notNumbers += Float.isNaN(values[i]) ? 1 : 0;
      infinities += Float.isInfinite(values[i]) ? 1 : 0;
    }
  }

  /** The smallest finite value, 0 when there is none. */
  static float least(float[] values, int from, int to) {
    float least = Float.POSITIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (Float.isFinite(values[i]) && values[i] < least) {
        least = values[i];
      }
    }
    return Float.isFinite(least) ? least : 0;
  }

  /** The largest finite value, 0 when there is none. */
  static float most(float[] values, int from, int to) {
    float most = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (Float.isFinite(values[i]) && values[i] > most) {
        most = values[i];
      }
    }
    return Float.isFinite(most) ? most : 0;
  }

  void countZeroBlock() {
    zeroBlocks++;
  }

  void addError(double lost, double all) {
    if (Double.isFinite(lost) && Double.isFinite(all)) { // those that are not are counted
      error += lost;
      square += all;
    }
  }

  void add(Findings other) {
    notNumbers += other.notNumbers;
    infinities += other.infinities;
    zeroBlocks += other.zeroBlocks;
    error += other.error;
    square += other.square;
  }

  long notNumbers() {
    return notNumbers;
  }

  long infinities() {
    return infinities;
  }

  long zeroBlocks() {
    return zeroBlocks;
  }

  /** The lost part of the weights: root of the squared error over the squared weights. */
  double relativeError() {
    return square == 0 ? 0 : Math.sqrt(error / square);
  }
}
