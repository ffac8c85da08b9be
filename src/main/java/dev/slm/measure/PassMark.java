package dev.slm.measure;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The share of right answers that a model must have at least; counted exactly, never rounded. */
public record PassMark(BigDecimal percent) {
  public static final PassMark NONE = new PassMark(BigDecimal.ZERO);

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)\\s*(%?)");

  /**
   * Reads {@code 70}, {@code 70%} or the share {@code 0.7}. Without a percent sign, numbers up to 1
   * are shares: nobody asks for less than one percent. Empty when it is none of these.
   */
  public static Optional<PassMark> parse(String text) {
    Matcher written = WRITTEN.matcher(text.strip());
    if (!written.matches()) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(written.group(1));
    boolean isShare = written.group(2).isEmpty() && number.compareTo(BigDecimal.ONE) <= 0;
    BigDecimal percent = isShare ? number.multiply(HUNDRED) : number;
    return percent.compareTo(HUNDRED) <= 0 ? Optional.of(new PassMark(percent)) : Optional.empty();
  }

  /** How many of so many answers must be right. */
  public int needed(int answers) {
    return percent
        .multiply(BigDecimal.valueOf(answers))
        .divide(HUNDRED, 0, RoundingMode.CEILING)
        .intValueExact();
  }

  public boolean isReached(Evaluation.Score score) {
    return score.failure().isEmpty() && score.right() >= needed(score.answers().size());
  }

  @Override
  public String toString() {
    return percent.stripTrailingZeros().toPlainString() + " %";
  }
}
