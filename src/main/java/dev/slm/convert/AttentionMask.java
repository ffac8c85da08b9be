package dev.slm.convert;

import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import java.util.List;

/**
 * What the mask says to all layers.
 *
 * <p>A mask of ones means what it means to everybody. A mask of twos means the same and asks for
 * the logits of the last position only (decision record 8): the one thing that our engine can say
 * without an input that other runtimes would have to know. Where rotations differ for long
 * contexts, threes and fours are ones and twos that ask for those of long ones already: for the
 * beginning of a prompt that is long, computed piece by piece.
 *
 * @param lastKeys index of the last key of each sequence, int32
 * @param totalLength tokens in the longest sequence, int32
 * @param firstLogits index of the first position whose logits are wanted: 0, or -1 for the last
 * @param isMarkedLong whether it asks for the rotations of long contexts, bool; empty where they
 *     are those of short ones
 */
record AttentionMask(String lastKeys, String totalLength, String firstLogits, String isMarkedLong) {
  static AttentionMask add(GraphBlock block, String mask) {
    String name = "/model/attn_mask_reformat";
    String one = block.graph().longs("one", new long[] {1}, 1);
    String zero = block.graph().longs("zero", new long[] {1}, 0);
    OnnxAttribute int32 = OnnxAttribute.of("to", OnnxType.INT32.code());

    String ones = block.add(OnnxOp.MIN, name + "/Min", List.of(mask, one));
    String length =
        block.add(
            OnnxOp.REDUCE_SUM,
            name + "/ReduceSum",
            List.of(ones, one),
            OnnxAttribute.of("keepdims", 0));
    String last = block.add(OnnxOp.SUB, name + "/Sub", List.of(length, one));
    String lastKeys = block.add(OnnxOp.CAST, name + "/Sub/Cast", List.of(last), int32);

    String shape =
        block.add(OnnxOp.SHAPE, name + "/Shape", List.of(mask), OnnxAttribute.of("start", 1));
    String total = block.add(OnnxOp.CAST, name + "/Shape/Cast", List.of(shape), int32);

    String greatest =
        block.add(
            OnnxOp.REDUCE_MAX, name + "/ReduceMax", List.of(mask), OnnxAttribute.of("keepdims", 0));
    String isLong = block.architecture().hasLongRotations() ? isLong(block, name, greatest) : "";
    String asked = isLong.isEmpty() ? greatest : withoutMark(block, name, greatest, isLong);
    String excess = block.add(OnnxOp.SUB, name + "/ReduceMax/Sub", List.of(one, asked));
    String first = block.add(OnnxOp.MIN, name + "/ReduceMax/Min", List.of(excess, zero));
    return new AttentionMask(lastKeys, total, first, isLong);
  }

  private static String isLong(GraphBlock block, String name, String greatest) {
    String two = block.graph().longs("two", new long[] {1}, 2);
    return block.add(OnnxOp.GREATER, name + "/long/Greater", List.of(greatest, two));
  }

  private static String withoutMark(GraphBlock block, String name, String greatest, String isLong) {
    String two = block.graph().longs("two", new long[] {1}, 2);
    String less = block.add(OnnxOp.SUB, name + "/long/Sub", List.of(greatest, two));
    return block.add(OnnxOp.WHERE, name + "/long/Where", List.of(isLong, less, greatest));
  }
}
