package dev.slm.convert;

import dev.slm.base.Progress;
import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxGraph;
import dev.slm.format.OnnxOp;
import dev.slm.format.WeightEncoder;
import dev.slm.format.WeightMatrix;
import java.util.List;
import java.util.Optional;

/**
 * What the blocks of a model share while they add themselves to a graph: the graph, the weights and
 * how they are encoded, and the few operations that every block is made of.
 */
record GraphBlock(
    OnnxGraph graph,
    WeightEncoder encoder,
    Weights weights,
    Architecture architecture,
    Progress progress) {

  String add(OnnxOp op, String name, List<String> inputs, OnnxAttribute... attributes) {
    return graph.add(op, name, inputs, attributes);
  }

  /** A linear layer, with its bias if it has one. */
  String linear(String name, WeightMatrix weight, Optional<float[]> bias, String input) {
    progress.checkCancelled();
    String product = encoder.matMul(graph, name + "/MatMul", weight, input);
    if (bias.isEmpty()) {
      return product;
    }
    String constant =
        graph.floats(constant(name) + ".bias", new long[] {weight.rows()}, bias.get());
    return add(OnnxOp.ADD, name + "/Add", List.of(product, constant));
  }

  /** A value times a factor; the value itself when the factor is one. */
  String scale(String name, String value, float factor) {
    if (factor == 1) {
      return value;
    }
    String constant = graph.floats(constant(name) + ".factor", new long[] {}, factor);
    return add(OnnxOp.MUL, name, List.of(value, constant));
  }

  /** {@code bound * tanh(value / bound)}; the value itself when the bound is zero. */
  String softCap(String name, String value, float bound) {
    if (bound == 0) {
      return value;
    }
    String inner = scale(name + "/Div", value, 1 / bound);
    return scale(name + "/Mul", add(OnnxOp.TANH, name + "/Tanh", List.of(inner)), bound);
  }

  /** The name of a constant that belongs to a node. */
  static String constant(String node) {
    return node.substring(1).replace('/', '.');
  }

  /** The name of a tensor in a layer. */
  static String inLayer(String tensor, int layer) {
    return tensor.replace("%d", Integer.toString(layer));
  }
}
