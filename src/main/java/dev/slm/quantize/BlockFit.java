package dev.slm.quantize;

/** Chooses the scale and the zero point of one block. Used by one thread at a time. */
interface BlockFit {
  /**
   * Looks at the finite values from {@code from} to before {@code to}.
   *
   * @param least the smallest of them
   * @param most the largest of them
   */
  void fit(float[] values, int from, int to, float least, float most);

  float scale();

  int zero();
}
