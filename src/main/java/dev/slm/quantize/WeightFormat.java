package dev.slm.quantize;

import java.util.Locale;

/** How one weight is stored. */
public sealed interface WeightFormat permits WeightFormat.Plain, BlockFormat {
  /** Bytes of a weight with everything that belongs to it. */
  long bytes(long rows, int columns);

  /** Short text for reports, such as {@code int4/32}. */
  String label();

  /** Floats of 32 or 16 bits. */
  enum Plain implements WeightFormat {
    FP32(4),
    FP16(2);

    private final int width;

    Plain(int width) {
      this.width = width;
    }

    int width() {
      return width;
    }

    @Override
    public long bytes(long rows, int columns) {
      return rows * columns * width;
    }

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
