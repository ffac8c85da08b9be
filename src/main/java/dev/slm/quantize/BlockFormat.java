package dev.slm.quantize;

import dev.slm.base.Problem;
import java.util.List;

/**
 * Rows cut into blocks of equally many columns; each block has whole numbers of 4 or 8 bits, a
 * scale and, when it is not symmetric, a zero point: {@code weight = (number - zero point) ·
 * scale}. The layout is the one of onnxruntime's MatMulNBits: the lower half of a byte comes first,
 * the last block of a row is filled up, and without zero points the middle of the range stands for
 * zero.
 */
public record BlockFormat(int bits, int size, boolean symmetric) implements WeightFormat {
  /** The block sizes that the runtime's kernels take. */
  public static final List<Integer> SIZES = List.of(16, 32, 64, 128, 256);

  private static final int SCALE_BYTES = 4;

  public BlockFormat {
    if (bits != 4 && bits != 8) {
      throw new IllegalArgumentException("expected 4 or 8 bits, found " + bits);
    }
    if (!SIZES.contains(size)) {
      throw Problem.usage("no block size '" + size + "'").why("block sizes are " + SIZES);
    }
  }

  /** The largest number, which is also how many steps the range has. */
  int largest() {
    return (1 << bits) - 1;
  }

  /** What stands for zero in a symmetric block. */
  int middle() {
    return 1 << (bits - 1);
  }

  int blocks(int columns) {
    return (columns + size - 1) / size;
  }

  int blockBytes() {
    return size * bits / 8;
  }

  /** Bytes of a row's numbers. */
  int rowBytes(int columns) {
    return blocks(columns) * blockBytes();
  }

  /** Bytes of a row's zero points. */
  int zeroBytes(int columns) {
    return symmetric ? 0 : (blocks(columns) * bits + 7) / 8;
  }

  @Override
  public long bytes(long rows, int columns) {
    return rows * (rowBytes(columns) + zeroBytes(columns) + (long) SCALE_BYTES * blocks(columns));
  }

  @Override
  public String label() {
    return "int" + bits + "/" + size + (symmetric ? "" : " asymmetric");
  }
}
