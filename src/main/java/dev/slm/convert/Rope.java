package dev.slm.convert;

import java.util.List;

/**
 * How positions turn the values of a head (rotary embedding). The first {@code size} values of a
 * head are rotated in pairs, the i-th by {@code position / base^(2i / size)}, changed by the
 * scaling.
 *
 * @param size values of a head that rotate; the rest stays as it is
 */
record Rope(double base, int size, Scaling scaling) {

  /** How a model stretches the positions that it was trained on. */
  sealed interface Scaling {}

  record Plain() implements Scaling {}

  /** All positions are divided by a factor. */
  record Linear(double factor) implements Scaling {}

  /** Llama 3: slow rotations are divided by a factor, fast ones stay, those between blend. */
  record Llama3(double factor, double lowFactor, double highFactor, int original)
      implements Scaling {}

  /** YaRN (arXiv 2309.00071): as Llama 3 with other borders, and all values scaled. */
  record Yarn(double factor, double fast, double slow, int original, double magnitude)
      implements Scaling {}

  /** Phi 3: a factor for each rotation, one set for short and one for long contexts. */
  record LongRope(
      List<Double> shortFactors, List<Double> longFactors, int original, double magnitude)
      implements Scaling {
    LongRope {
      shortFactors = List.copyOf(shortFactors);
      longFactors = List.copyOf(longFactors);
    }
  }

  /** Rows of a table: one for each position, and again for each where long contexts differ. */
  int rows(int contextLength) {
    int all = Math.min(shortLength(), contextLength);
    return all < contextLength ? all + contextLength : all;
  }

  /** Positions that the factors of short contexts are for; all of them without such factors. */
  int shortLength() {
    return scaling instanceof LongRope factors ? factors.original() : Integer.MAX_VALUE;
  }

  /** Rotations of each position. */
  int columns() {
    return size / 2;
  }

  /** The rotations of short contexts, or of those beyond the original length. */
  Rotations rotations(boolean isLong) {
    double[] frequencies = frequencies();
    if (scaling instanceof LongRope factors) {
      divide(frequencies, isLong ? factors.longFactors() : factors.shortFactors());
    }
    return new Rotations(frequencies, magnitude());
  }

  /** Frequencies, from which cosines and sines of positions follow. */
  static final class Rotations {
    private final double[] frequencies;
    private final double magnitude;

    private Rotations(double[] frequencies, double magnitude) {
      this.frequencies = frequencies;
      this.magnitude = magnitude;
    }

    int columns() {
      return frequencies.length;
    }

    /** Puts the values of so many positions, row after row, at the beginning of the arrays. */
    void fill(int first, int count, float[] cosines, float[] sines) {
      int at = 0;
      for (int position = first; position < first + count; position++) {
        for (double frequency : frequencies) {
          // the models were trained with angles in single precision; strict for the same bytes
          // on every machine
          float angle = position * (float) frequency;
          cosines[at] = (float) (StrictMath.cos(angle) * magnitude);
          sines[at] = (float) (StrictMath.sin(angle) * magnitude);
          at++;
        }
      }
    }
  }

  private double magnitude() {
    return switch (scaling) {
      case Yarn yarn -> yarn.magnitude();
      case LongRope factors -> factors.magnitude();
      default -> 1;
    };
  }

  private double[] frequencies() {
    double[] frequencies = new double[size / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 1 / StrictMath.pow(base, 2.0 * i / size);
    }
    switch (scaling) {
      case Linear(double factor) -> divide(frequencies, factor);
      case Llama3 llama3 -> stretch(frequencies, llama3);
      case Yarn yarn -> stretch(frequencies, yarn);
      case Plain _, LongRope _ -> {}
    }
    return frequencies;
  }

  private static void stretch(double[] frequencies, Llama3 llama3) {
    double longest = llama3.original() / llama3.lowFactor();
    double shortest = llama3.original() / llama3.highFactor();
    for (int i = 0; i < frequencies.length; i++) {
      double wave = 2 * Math.PI / frequencies[i];
      double blend =
          (llama3.original() / wave - llama3.lowFactor())
              / (llama3.highFactor() - llama3.lowFactor());
      double share = wave > longest ? 0 : wave < shortest ? 1 : blend;
      frequencies[i] *= share + (1 - share) / llama3.factor();
    }
  }

  private void stretch(double[] frequencies, Yarn yarn) {
    double low = Math.max(0, Math.floor(turning(yarn.fast(), yarn.original())));
    double high = Math.min(size - 1, Math.ceil(turning(yarn.slow(), yarn.original())));
    double width = Math.max(high - low, 0.001); // as the original avoids a division by zero
    for (int i = 0; i < frequencies.length; i++) {
      double share = 1 - Math.clamp((i - low) / width, 0, 1);
      frequencies[i] *= share + (1 - share) / yarn.factor();
    }
  }

  /** The index of the rotation that turns so many times within the original length. */
  private double turning(double turns, int original) {
    return size * StrictMath.log(original / (turns * 2 * Math.PI)) / (2 * StrictMath.log(base));
  }

  private static void divide(double[] frequencies, double factor) {
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] /= factor;
    }
  }

  private static void divide(double[] frequencies, List<Double> factors) {
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] /= factors.get(i);
    }
  }
}
