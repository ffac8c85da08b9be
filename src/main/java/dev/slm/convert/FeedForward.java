package dev.slm.convert;

import dev.slm.convert.Architecture.Sizes;
import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxOp;
import dev.slm.format.WeightMatrix;
import dev.slm.profile.Family;
import java.util.List;
import java.util.Optional;

/** The feed-forward block: {@code down(activation(gate(x)) * up(x))}. */
final class FeedForward {
  private final GraphBlock block;
  private final Sizes sizes;
  private final Family.Tensors tensors;

  FeedForward(GraphBlock block) {
    this.block = block;
    this.sizes = block.architecture().sizes();
    this.tensors = block.architecture().family().tensors();
  }

  /** Adds the block of a layer and returns its value before the skip connection. */
  String add(int layer, String input) {
    String name = "/model/layers." + layer + "/mlp";
    String both = gateAndUp(name, layer, input);
    String split = name + "/gate_up_proj/Split";
    List<String> parts = List.of(split + "/output_0", split + "/output_1");
    block
        .graph()
        .add(
            OnnxOp.SPLIT,
            split,
            List.of(both),
            parts,
            OnnxAttribute.of("axis", -1),
            OnnxAttribute.of("num_outputs", 2));
    String activated = activate(name + "/act_fn", parts.get(0));
    String product = block.add(OnnxOp.MUL, name + "/Mul", List.of(activated, parts.get(1)));
    String down = GraphBlock.inLayer(tensors.down(), layer);
    return block.linear(
        name + "/down_proj",
        block.weights().matrix(down, sizes.hidden(), sizes.intermediate()),
        block.weights().bias(down, sizes.hidden()),
        product);
  }

  /** One product for both matrices: their input is read once. */
  private String gateAndUp(String name, int layer, String input) {
    String node = name + "/gate_up_proj";
    if (tensors.gateUp() != null) {
      int rows = 2 * sizes.intermediate();
      String fused = GraphBlock.inLayer(tensors.gateUp(), layer);
      WeightMatrix weight = block.weights().matrix(fused, rows, sizes.hidden());
      return block.linear(node, weight, block.weights().bias(fused, rows), input);
    }
    String gate = GraphBlock.inLayer(String.valueOf(tensors.gate()), layer);
    String up = GraphBlock.inLayer(String.valueOf(tensors.up()), layer);
    WeightMatrix weight =
        WeightMatrix.concat(
            List.of(
                block.weights().matrix(gate, sizes.intermediate(), sizes.hidden()),
                block.weights().matrix(up, sizes.intermediate(), sizes.hidden())));
    return block.linear(node, weight, bias(gate, up), input);
  }

  private Optional<float[]> bias(String gate, String up) {
    int length = sizes.intermediate();
    Optional<float[]> first = block.weights().bias(gate, length);
    Optional<float[]> second = block.weights().bias(up, length);
    if (first.isEmpty() && second.isEmpty()) {
      return Optional.empty();
    }
    float[] both = new float[2 * length];
    first.ifPresent(bias -> System.arraycopy(bias, 0, both, 0, length));
    second.ifPresent(bias -> System.arraycopy(bias, 0, both, length, length));
    return Optional.of(both);
  }

  private String activate(String name, String gate) {
    return switch (block.architecture().activation()) {
      case SILU -> {
        String sigmoid = block.add(OnnxOp.SIGMOID, name + "/Sigmoid", List.of(gate));
        yield block.add(OnnxOp.MUL, name + "/Mul", List.of(gate, sigmoid));
      }
      case GELU -> block.add(OnnxOp.GELU, name + "/Gelu", List.of(gate));
      case GELU_TANH ->
          block.add(
              OnnxOp.GELU, name + "/Gelu", List.of(gate), OnnxAttribute.of("approximate", "tanh"));
    };
  }
}
