package dev.slm.quantize;

/**
 * The formula of onnxruntime's own block quantizer ({@code mlas/lib/q4_dq.cpp}), so that the bytes
 * are the same: symmetric blocks map the value farthest from zero to the lowest number, others map
 * the range, which always holds zero, to all numbers.
 */
final class RangeFit implements BlockFit {
  private final BlockFormat format;
  private float scale;
  private int zero;

  RangeFit(BlockFormat format) {
    this.format = format;
    this.zero = format.middle();
  }

  @Override
  public void fit(float[] values, int from, int to, float least, float most) {
    if (format.symmetric()) {
      float farthest = Math.abs(most) > Math.abs(least) ? most : least;
      scale = -farthest / format.middle();
      return;
    }
    float low = Math.min(least, 0);
    float high = Math.max(most, 0);
    scale = (high - low) / format.largest();
    zero = scale == 0 ? 0 : zeroPoint(-low / scale, format.largest());
  }

  /** Rounds half up, as C's {@code roundf} does for numbers that are not negative. */
  static int zeroPoint(float exact, int largest) {
    return Math.clamp((int) (exact + RowQuantizer.ROUND), 0, largest);
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
