package dev.slm.convert;

import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxOp;
import java.util.List;

/** Root mean square norms: {@code x / sqrt(mean(x^2) + epsilon) * weight}. */
final class Norm {
  private Norm() {}

  /** The normalized value, and the sum that the next skip connection continues. */
  record Skipped(String normed, String sum) {}

  /** Norm of a value whose last axis has this length. */
  static String add(GraphBlock block, String name, String input, String tensor, int length) {
    return block.add(
        OnnxOp.SIMPLIFIED_LAYER_NORMALIZATION,
        name,
        List.of(input, weight(block, name, tensor, length)),
        OnnxAttribute.of("axis", -1),
        OnnxAttribute.of("epsilon", block.architecture().normEpsilon()),
        OnnxAttribute.of("stash_type", 1));
  }

  /** Norm of a sum, in one operator. */
  static Skipped addSkip(
      GraphBlock block, String name, String input, String skip, String tensor, boolean isLast) {
    String normed = name + "/output_0";
    String sum = name + "/output_3";
    String weight = weight(block, name, tensor, block.architecture().sizes().hidden());
    block
        .graph()
        .add(
            OnnxOp.SKIP_SIMPLIFIED_LAYER_NORMALIZATION,
            name,
            List.of(skip, input, weight),
            isLast ? List.of(normed) : List.of(normed, "", "", sum),
            OnnxAttribute.of("epsilon", block.architecture().normEpsilon()));
    return new Skipped(normed, sum);
  }

  private static String weight(GraphBlock block, String name, String tensor, int length) {
    float[] values = block.weights().vector(tensor, length);
    float offset = block.architecture().family().norm().weightOffset();
    for (int i = 0; i < values.length; i++) {
      values[i] += offset;
    }
    return block.graph().floats(GraphBlock.constant(name) + ".weight", new long[] {length}, values);
  }
}
