package dev.slm.quantize;

/**
 * Searches the scale and the zero point with the least weighted squared error. Starts from the
 * range of the block, stretches and shrinks it in small steps, and for each one computes the scale
 * that fits the rounded numbers best (weighted least squares). Large weights count more, as in the
 * k-quants of llama.cpp: an error in them moves the output more.
 */
final class SearchFit implements BlockFit {
  /** Steps to either side of the plain range; more gain less than 0.1 % of the error. */
  private static final int STEPS = 10;

  /** How far one step moves the range, in numbers. */
  private static final float STEP = 0.1f;

  private final BlockFormat format;
  private final float[] weights;
  private float bestError;
  private float scale;
  private int zero;

  SearchFit(BlockFormat format) {
    this.format = format;
    this.weights = new float[format.size()];
  }

  @Override
  public void fit(float[] values, int from, int to, float least, float most) {
    scale = 0;
    zero = format.middle();
    if (least == 0 && most == 0) {
      return;
    }
    weigh(values, from, to);
    bestError = Float.POSITIVE_INFINITY;
    for (int step = -STEPS; step <= STEPS; step++) {
      if (format.symmetric()) {
        float farthest = Math.abs(most) > Math.abs(least) ? most : least;
        attempt(values, from, to, -(format.middle() + step * STEP) / farthest, format.middle());
      } else {
        attemptRange(values, from, to, Math.min(least, 0), Math.max(most, 0), step * STEP);
      }
    }
  }

  private void attemptRange(float[] values, int from, int to, float low, float high, float more) {
    float steps = (format.largest() + more) / (high - low);
    int exact = RangeFit.zeroPoint(-low * steps, format.largest());
    for (int near = Math.max(0, exact - 1); near <= Math.min(format.largest(), exact + 1); near++) {
      attempt(values, from, to, steps, near);
    }
  }

  /** Tries a reciprocal scale and a zero point; keeps them when the error is the least so far. */
  private void attempt(float[] values, int from, int to, float reciprocal, int candidateZero) {
    float byNumber = 0;
    float byValue = 0;
    float square = 0;
    for (int i = from; i < to; i++) {
      int number = RowQuantizer.number(values[i], reciprocal, candidateZero, format.largest());
      float distance = number - candidateZero;
      float weight = weights[i - from];
      byNumber += weight * distance * distance;
      byValue += weight * distance * values[i];
      square += weight * values[i] * values[i];
    }
    if (byNumber == 0) {
      return;
    }
    // the error of the best scale byValue / byNumber for these numbers
    float error = square - byValue * byValue / byNumber;
    float candidate = byValue / byNumber;
    if (error < bestError && candidate != 0) {
      bestError = error;
      scale = candidate;
      zero = candidateZero;
    }
  }

  private void weigh(float[] values, int from, int to) {
    float squares = 0;
    for (int i = from; i < to; i++) {
      squares += values[i] * values[i];
    }
    float mean = (float) Math.sqrt(squares / (to - from));
    for (int i = from; i < to; i++) {
      weights[i - from] = mean + Math.abs(values[i]);
    }
  }

  @Override
  public float scale() {
    return scale;
  }

  @Override
  public int zero() {
    return zero;
  }
}
