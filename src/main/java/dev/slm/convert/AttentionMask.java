package dev.slm.convert;

import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import java.util.List;

/**
 * What the mask says to all layers.
 *
 * <p>A mask of ones means what it means to everybody. A mask of twos means the same and asks for
 * the logits of the last position only (decision record 0021): the one thing that our engine can
 * say without an input that other runtimes would have to know.
 *
 * @param lastKeys index of the last key of each sequence, int32
 * @param totalLength tokens in the longest sequence, int32
 * @param firstLogits index of the first position whose logits are wanted: 0, or -1 for the last
 */
record AttentionMask(String lastKeys, String totalLength, String firstLogits) {
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
    String excess = block.add(OnnxOp.SUB, name + "/ReduceMax/Sub", List.of(one, greatest));
    String first = block.add(OnnxOp.MIN, name + "/ReduceMax/Min", List.of(excess, zero));
    return new AttentionMask(lastKeys, total, first);
  }
}
