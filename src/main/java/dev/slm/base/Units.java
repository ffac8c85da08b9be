package dev.slm.base;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * Numbers as people read them. Sizes are decimal, as disks and downloads count. Formats of the JDK
 * would load what the formats of all languages need, for every short command.
 */
public final class Units {
  private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};
  private static final String[] COUNTS = {"", "K", "M", "B", "T"};

  private Units() {}

  /** {@code 512 B}, {@code 7.1 MB}, {@code 14 GB}. */
  public static String bytes(long bytes) {
    return scaled(bytes, SIZES, " ");
  }

  /** {@code 850}, {@code 3.5M}, {@code 494M}, {@code 7.6B}. */
  public static String count(long count) {
    return scaled(count, COUNTS, "");
  }

  /** {@code 32,768}: every digit, for numbers that people compare or type. */
  public static String grouped(long number) {
    StringBuilder digits = new StringBuilder(Long.toString(number));
    int first = number < 0 ? 1 : 0;
    for (int end = digits.length() - 3; end > first; end -= 3) {
      digits.insert(end, ',');
    }
    return digits.toString();
  }

  /** With so many digits behind the point. */
  public static String fixed(double number, int digits) {
    return BigDecimal.valueOf(number).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }

  /** {@code 84 MB/s}. */
  public static String rate(long bytes, Duration time) {
    double seconds = Math.max(time.toNanos(), 1) / 1e9;
    return bytes((long) (bytes / seconds)) + "/s";
  }

  /** {@code 340 ms}, {@code 4.2 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  public static String time(Duration time) {
    long millis = time.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return fixed(millis / 1000.0, millis < 10_000 ? 1 : 0) + " s";
    }
    if (time.toHours() < 1) {
      return time.toMinutes() + " min " + time.toSecondsPart() + " s";
    }
    return time.toHours() + " h " + time.toMinutesPart() + " min";
  }

  private static String scaled(long value, String[] names, String gap) {
    double scaled = value;
    int step = 0;
    // 999.5 would round to 1000, which belongs to the next unit
    while (Math.abs(scaled) >= 999.5 && step < names.length - 1) {
      scaled /= 1000;
      step++;
    }
    boolean whole = step == 0 || Math.abs(scaled) >= 99.95;
    String number = fixed(scaled, whole ? 0 : 1);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
        + gap
        + names[step];
  }
}
