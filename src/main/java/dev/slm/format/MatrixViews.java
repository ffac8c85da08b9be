package dev.slm.format;

import java.util.List;

/** The views of {@link WeightMatrix}; none of them copies weights before they are read. */
final class MatrixViews {
  private MatrixViews() {}

  static final class InMemory implements WeightMatrix {
    private final int rows;
    private final int columns;
    private final float[] values;

    InMemory(int rows, int columns, float[] values) {
      if ((long) rows * columns != values.length) {
        throw new IllegalArgumentException(
            "expected " + rows + " x " + columns + " values, found " + values.length);
      }
      this.rows = rows;
      this.columns = columns;
      this.values = values;
    }

    @Override
    public int rows() {
      return rows;
    }

    @Override
    public int columns() {
      return columns;
    }

    @Override
    public void read(int fromRow, int count, float[] into) {
      checkRange(this, fromRow, count);
      System.arraycopy(values, fromRow * columns, into, 0, count * columns);
    }
  }

  record Slice(WeightMatrix whole, int from, int rows) implements WeightMatrix {
    Slice {
      checkRange(whole, from, rows);
    }

    @Override
    public int columns() {
      return whole.columns();
    }

    @Override
    public long storedRowBytes() {
      return whole.storedRowBytes();
    }

    @Override
    public void read(int fromRow, int count, float[] into) {
      checkRange(this, fromRow, count);
      whole.read(from + fromRow, count, into);
    }
  }

  record Concat(List<WeightMatrix> pieces, int rows) implements WeightMatrix {
    Concat(List<WeightMatrix> pieces) {
      this(List.copyOf(pieces), pieces.stream().mapToInt(WeightMatrix::rows).sum());
    }

    Concat {
      int columns = pieces.getFirst().columns();
      if (pieces.stream().anyMatch(part -> part.columns() != columns)) {
        throw new IllegalArgumentException("expected parts of " + columns + " columns: " + pieces);
      }
    }

    @Override
    public int columns() {
      return pieces.getFirst().columns();
    }

    @Override
    public long storedRowBytes() {
      return pieces.getFirst().storedRowBytes();
    }

    @Override
    public List<Part> parts() {
      boolean areWhole = pieces.stream().noneMatch(part -> part.parts().isEmpty());
      return areWhole ? pieces.stream().flatMap(part -> part.parts().stream()).toList() : List.of();
    }

    @Override
    public void read(int fromRow, int count, float[] into) {
      checkRange(this, fromRow, count);
      int start = 0;
      int done = 0;
      for (WeightMatrix part : pieces) {
        int first = Math.max(fromRow + done, start);
        int rowsHere = Math.min(start + part.rows(), fromRow + count) - first;
        if (rowsHere > 0) {
          readPart(part, first - start, rowsHere, into, done);
          done += rowsHere;
        }
        start += part.rows();
      }
    }

    private static void readPart(WeightMatrix part, int from, int count, float[] into, int at) {
      if (at == 0) {
        part.read(from, count, into);
      } else {
        float[] rows = new float[count * part.columns()];
        part.read(from, count, rows);
        System.arraycopy(rows, 0, into, at * part.columns(), rows.length);
      }
    }
  }

  static void checkRange(WeightMatrix matrix, int from, int count) {
    if (from < 0 || count < 0 || from > matrix.rows() - count) {
      throw new IllegalArgumentException(
          "expected rows within 0 and " + matrix.rows() + ", found " + count + " from " + from);
    }
  }
}
