package dev.slm.quantize;

/** Some rows of a weight in their encoded form. */
final class EncodedRows {
  private final byte[] numbers;
  private final float[] scales;
  private final byte[] zeros;

  EncodedRows(BlockFormat format, int rows, int columns) {
    this.numbers = new byte[rows * format.rowBytes(columns)];
    this.scales = new float[rows * format.blocks(columns)];
    this.zeros = new byte[rows * format.zeroBytes(columns)];
  }

  byte[] numbers() {
    return numbers;
  }

  float[] scales() {
    return scales;
  }

  byte[] zeros() {
    return zeros;
  }
}
