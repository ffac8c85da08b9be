package dev.slm.convert;

import dev.slm.format.Initializer;
import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import java.util.List;

/**
 * The tables of cosines and sines that attention rotates query and key by.
 *
 * @param positions row of the table for each token, empty for the token's own position
 */
record RotaryEmbedding(String cosines, String sines, String positions) {

  /** Positions that are computed at once. */
  private static final int CHUNK = 1024;

  /** Adds the tables once; layers that rotate alike share them. */
  static RotaryEmbedding add(GraphBlock block, AttentionMask mask, Rope rope) {
    String suffix = rope.equals(block.architecture().localRope()) ? "_local" : "";
    int length = block.architecture().contextLength();
    int shortLength = Math.min(rope.shortLength(), length);
    boolean hasLong = shortLength < length;
    String cosines = "cos_cache" + suffix;
    String sines = "sin_cache" + suffix;
    if (!block.graph().has(cosines)) {
      long[] shape = {rope.rows(length), rope.columns()};
      Initializer cosineTable = block.graph().initializer(cosines, OnnxType.FLOAT, shape);
      Initializer sineTable = block.graph().initializer(sines, OnnxType.FLOAT, shape);
      write(block, rope.rotations(false), shortLength, 0, cosineTable, sineTable);
      if (hasLong) {
        write(block, rope.rotations(true), length, shortLength, cosineTable, sineTable);
      }
    }
    return new RotaryEmbedding(cosines, sines, hasLong ? positions(block, mask, shortLength) : "");
  }

  private static void write(
      GraphBlock block,
      Rope.Rotations rotations,
      int positions,
      int firstRow,
      Initializer cosines,
      Initializer sines) {
    int columns = rotations.columns();
    float[] cosineRows = new float[CHUNK * columns];
    float[] sineRows = new float[CHUNK * columns];
    for (int position = 0; position < positions; position += CHUNK) {
      block.progress().checkCancelled();
      int count = Math.min(CHUNK, positions - position);
      rotations.fill(position, count, cosineRows, sineRows);
      long at = (long) (firstRow + position) * columns * Float.BYTES;
      cosines.write(at, cosineRows, count * columns);
      sines.write(at, sineRows, count * columns);
    }
  }

  /**
   * The table of short contexts lies before that of long ones: once there are more tokens than fit
   * the first, or when the mask says that there will be, all positions move behind it.
   */
  private static String positions(GraphBlock block, AttentionMask mask, int shortLength) {
    String name = "/model/rotary";
    String moved = name + "/positions/Add/output_0";
    if (block.graph().has(moved)) {
      return moved;
    }
    OnnxAttribute int64 = OnnxAttribute.of("to", OnnxType.INT64.code());
    String one = block.graph().longs("one", new long[] {1}, 1);
    String oneScalar = block.graph().longs("one_scalar", new long[] {}, 1);
    String zeroScalar = block.graph().longs("zero_scalar", new long[] {}, 0);
    String border = block.graph().longs("rotary.short_length", new long[] {}, shortLength);

    String length =
        block.add(
            OnnxOp.SHAPE, name + "/Shape", List.of("input_ids"), OnnxAttribute.of("start", 1));
    String scalarLength =
        block.add(
            OnnxOp.REDUCE_MAX,
            name + "/Shape/ReduceMax",
            List.of(length),
            OnnxAttribute.of("keepdims", 0));
    String steps =
        block.add(OnnxOp.RANGE, name + "/Range", List.of(zeroScalar, scalarLength, oneScalar));
    String last = block.add(OnnxOp.CAST, name + "/last/Cast", List.of(mask.lastKeys()), int64);
    String end = block.add(OnnxOp.ADD, name + "/last/Add", List.of(last, one));
    String past = block.add(OnnxOp.SUB, name + "/last/Sub", List.of(end, length));
    String column = block.add(OnnxOp.UNSQUEEZE, name + "/Unsqueeze", List.of(past, one));
    String positions = block.add(OnnxOp.ADD, name + "/Add", List.of(column, steps));

    String longest =
        block.add(
            OnnxOp.REDUCE_MAX,
            name + "/last/ReduceMax",
            List.of(end),
            OnnxAttribute.of("keepdims", 0));
    String isLong = block.add(OnnxOp.GREATER, name + "/Greater", List.of(longest, border));
    String byLength = block.add(OnnxOp.WHERE, name + "/Where", List.of(isLong, border, zeroScalar));
    String offset =
        block.add(
            OnnxOp.WHERE, name + "/mark/Where", List.of(mask.isMarkedLong(), border, byLength));
    return block.add(OnnxOp.ADD, name + "/positions/Add", List.of(positions, offset));
  }
}
