package dev.slm.convert;

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

  /** Adds the tables once; layers that rotate alike share them. */
  static RotaryEmbedding add(GraphBlock block, AttentionMask mask, Rope rope) {
    boolean isLocal = rope.equals(block.architecture().localRope());
    String suffix = isLocal ? "_local" : "";
    int length = block.architecture().contextLength();
    Rope.Table table = rope.table(rope.hasLongFactors() ? shortLength(rope, length) : length);
    if (!rope.hasLongFactors() || length <= table.positions()) {
      return tables(block, suffix, List.of(table), "");
    }
    String positions = positions(block, mask, table.positions());
    return tables(block, suffix, List.of(table, rope.longTable(length)), positions);
  }

  private static int shortLength(Rope rope, int length) {
    return rope.scaling() instanceof Rope.LongRope factors
        ? Math.min(factors.original(), length)
        : length;
  }

  private static RotaryEmbedding tables(
      GraphBlock block, String suffix, List<Rope.Table> tables, String positions) {
    return new RotaryEmbedding(
        constant(block, "cos_cache" + suffix, tables, true),
        constant(block, "sin_cache" + suffix, tables, false),
        positions);
  }

  private static String constant(
      GraphBlock block, String name, List<Rope.Table> tables, boolean isCosines) {
    if (block.graph().has(name)) {
      return name;
    }
    int rows = tables.stream().mapToInt(Rope.Table::positions).sum();
    int columns = tables.getFirst().columns();
    float[] values = new float[rows * columns];
    int at = 0;
    for (Rope.Table table : tables) {
      float[] part = isCosines ? table.cosines() : table.sines();
      System.arraycopy(part, 0, values, at, part.length);
      at += part.length;
    }
    return block.graph().floats(name, new long[] {rows, columns}, values);
  }

  /**
   * The table of short contexts lies before that of long ones: once there are more tokens than fit
   * the first, all positions move behind it.
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
    String offset = block.add(OnnxOp.WHERE, name + "/Where", List.of(isLong, border, zeroScalar));
    return block.add(OnnxOp.ADD, name + "/positions/Add", List.of(positions, offset));
  }
}
