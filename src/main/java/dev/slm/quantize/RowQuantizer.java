package dev.slm.quantize;

import java.util.Arrays;

/** Turns rows of floats into blocks of numbers. Used by one thread at a time. */
final class RowQuantizer {
  /**
   * The largest float below one half. Added before cutting off the fraction, it rounds every
   * non-negative number of these ranges like C's {@code roundf}; one half itself would round
   * 0.49999997 up.
   */
  static final float ROUND = 0.49999997f;

  private final BlockFormat format;
  private final BlockFit fit;
  private final int columns;
  private final int blocks;
  private final float[] row;
  private final float[] reciprocals;
  private final float[] zeros;
  private final int[] numbers;
  private final byte[] blockZeros;

  RowQuantizer(BlockFormat format, Algorithm algorithm, int columns) {
    this.format = format;
    this.fit = algorithm.fit(format);
    this.columns = columns;
    this.blocks = format.blocks(columns);
    int padded = blocks * format.size();
    this.row = new float[padded];
    this.reciprocals = new float[padded];
    this.zeros = new float[padded];
    this.numbers = new int[padded];
    this.blockZeros = new byte[blocks + 1];
  }

  /** The number that stands for a value. */
  static int number(float value, float reciprocal, int zero, int largest) {
    return (int) (Math.min(Math.max(value * reciprocal + zero, 0), largest) + ROUND);
  }

  /** Quantizes one row. */
  void quantize(float[] values, int at, EncodedRows into, int index, Findings findings) {
    System.arraycopy(values, at, row, 0, columns);
    for (int block = 0; block < blocks; block++) {
      fitBlock(block, into.scales(), index * blocks + block, findings);
    }
    round();
    pack(into.numbers(), index * format.rowBytes(columns));
    if (!format.symmetric()) {
      packZeros(into.zeros(), index * format.zeroBytes(columns));
    }
  }

  private void fitBlock(int block, float[] scales, int scaleAt, Findings findings) {
    int from = block * format.size();
    int to = from + format.size();
    float least = row[from];
    float most = row[from];
    float sum = 0;
    for (int i = from; i < to; i++) {
      float value = row[i];
      least = value < least ? value : least;
      most = value > most ? value : most;
      sum += value * 0; // anything but zero when a value is not finite
    }
    if (sum != 0 || Float.isNaN(sum)) {
      findings.repair(row, from, to);
      least = Findings.least(row, from, to);
      most = Findings.most(row, from, to);
    }
    if (least == 0 && most == 0) {
      findings.countZeroBlock();
    }
    fit.fit(row, from, to, least, most);
    float scale = fit.scale();
    scales[scaleAt] = scale;
    blockZeros[block] = (byte) fit.zero();
    Arrays.fill(reciprocals, from, to, scale == 0 ? 0 : 1 / scale);
    Arrays.fill(zeros, from, to, fit.zero());
  }

  /** One loop over the whole row, which the compiler turns into vector instructions. */
  private void round() {
    float largest = format.largest();
    for (int i = 0; i < numbers.length; i++) {
      float exact = row[i] * reciprocals[i] + zeros[i];
      numbers[i] = (int) (Math.min(Math.max(exact, 0f), largest) + ROUND);
    }
  }

  private void pack(byte[] into, int at) {
    if (format.bits() == 8) {
      for (int i = 0; i < numbers.length; i++) {
        into[at + i] = (byte) numbers[i];
      }
    } else {
      for (int i = 0; i < numbers.length / 2; i++) {
        into[at + i] = (byte) (numbers[2 * i] | (numbers[2 * i + 1] << 4));
      }
    }
  }

  private void packZeros(byte[] into, int at) {
    if (format.bits() == 8) {
      System.arraycopy(blockZeros, 0, into, at, blocks);
      return;
    }
    // the quantizer of the runtime fills an odd row up with the middle
    blockZeros[blocks] = (byte) format.middle();
    for (int i = 0; i < (blocks + 1) / 2; i++) {
      into[at + i] = (byte) (blockZeros[2 * i] | (blockZeros[2 * i + 1] << 4));
    }
  }

  /** Adds the squares of what this row lost; called after {@link #quantize}. */
  void measure(EncodedRows encoded, int index, Findings findings) {
    double error = 0;
    double square = 0;
    for (int i = 0; i < columns; i++) {
      float scale = encoded.scales()[index * blocks + i / format.size()];
      double lost = row[i] - (numbers[i] - zeros[i]) * scale;
      error += lost * lost;
      square += (double) row[i] * row[i];
    }
    findings.addError(error, square);
  }
}
