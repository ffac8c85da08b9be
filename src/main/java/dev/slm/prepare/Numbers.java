package dev.slm.prepare;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Measured values as reports show them. */
public final class Numbers {
  private Numbers() {}

  /** Four significant digits. */
  public static String four(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }

  /** A share with as many digits as it takes to see which of two is the larger one. */
  public static String exactPercent(double share) {
    return four(share * 100) + " %";
  }

  /** A share as {@code 97.3 %}. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", share * 100);
  }
}
