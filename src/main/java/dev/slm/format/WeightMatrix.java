package dev.slm.format;

import java.util.List;

/**
 * A weight of rows and columns that is read in blocks of rows, so that nobody needs to hold all of
 * it. A linear layer's matrix has one row for each output. Reading is safe from several threads.
 */
public interface WeightMatrix {
  int rows();

  int columns();

  /** Puts {@code count} rows, one after the other, at the beginning of {@code into}. */
  void read(int fromRow, int count, float[] into);

  /** Bytes that one row takes where it is stored, for progress. */
  default long storedRowBytes() {
    return (long) columns() * Float.BYTES;
  }

  /** The checkpoint's tensors that lie in it as a whole, from the top; empty when it is no such. */
  default List<Part> parts() {
    return List.of();
  }

  /** A whole tensor of a checkpoint, as some rows of a matrix. */
  record Part(String tensor, int rows) {}

  /** The rows from {@code from} on, as a matrix of its own. */
  default WeightMatrix slice(int from, int count) {
    return new MatrixViews.Slice(this, from, count);
  }

  /** One matrix on top of the other, as packed projections want them. */
  static WeightMatrix concat(List<WeightMatrix> parts) {
    return parts.size() == 1 ? parts.getFirst() : new MatrixViews.Concat(parts);
  }

  /** A matrix that is in memory. */
  static WeightMatrix of(int rows, int columns, float[] values) {
    return new MatrixViews.InMemory(rows, columns, values);
  }
}
