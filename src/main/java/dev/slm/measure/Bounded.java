package dev.slm.measure;

/** A text that ends a search of it after so many looks: some patterns look exponentially often. */
final class Bounded implements CharSequence {
  private static final int MOST_LOOKS = 10_000_000;

  /** Too many looks. */
  static final class Exhausted extends IllegalStateException {
    private static final long serialVersionUID = 1;
  }

  private final String text;
  private int looks;

  Bounded(String text) {
    this.text = text;
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (++looks > MOST_LOOKS) {
      throw new Exhausted();
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
