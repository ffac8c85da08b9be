package dev.slm.engine.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a graph of a decoder. What they refuse killed, hung or fooled onnxruntime, or is
 * nothing that a decoder needs.
 */
final class GraphRules {
  private static final int MOST_NODES = 200_000;
  private static final int MOST_MISTAKES = 5;

  /** More numbers than this are never made out of a constant shape by a decoder. */
  private static final long MOST_CONSTANT_ELEMENTS = 1L << 28;

  /** Loop and Scan are left out: a trip count of 2^63 is a valid file of a few bytes. */
  private static final Set<String> STANDARD_OPS =
      Set.of(
          "Add",
          "And",
          "Cast",
          "CastLike",
          "Clip",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "Cos",
          "CumSum",
          "DequantizeLinear",
          "Div",
          "DynamicQuantizeLinear",
          "Equal",
          "Erf",
          "Exp",
          "Expand",
          "Flatten",
          "Floor",
          "Gather",
          "GatherElements",
          "GatherND",
          "Gelu",
          "Gemm",
          "Greater",
          "GreaterOrEqual",
          "Identity",
          "If",
          "IsNaN",
          "LayerNormalization",
          "Less",
          "LessOrEqual",
          "Log",
          "LogSoftmax",
          "MatMul",
          "MatMulInteger",
          "Max",
          "Min",
          "Mod",
          "Mul",
          "Neg",
          "Not",
          "OneHot",
          "Or",
          "Pad",
          "Pow",
          "QuantizeLinear",
          "RMSNormalization",
          "Range",
          "Reciprocal",
          "ReduceMax",
          "ReduceMean",
          "ReduceMin",
          "ReduceSum",
          "Relu",
          "Reshape",
          "RotaryEmbedding",
          "Round",
          "ScatterElements",
          "ScatterND",
          "Shape",
          "Sigmoid",
          "Sign",
          "SimplifiedLayerNormalization",
          "Sin",
          "SkipSimplifiedLayerNormalization",
          "Slice",
          "Softmax",
          "Softplus",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Swish",
          "Tanh",
          "Tile",
          "TopK",
          "Transpose",
          "Trilu",
          "Unsqueeze",
          "Where",
          "Xor");

  private static final Set<String> MICROSOFT_OPS =
      Set.of(
          "BiasGelu",
          "DequantizeLinear",
          "DynamicQuantizeMatMul",
          "FastGelu",
          "FusedMatMul",
          "GatherBlockQuantized",
          "Gelu",
          "GroupQueryAttention",
          "MatMulBnb4",
          "MatMulIntegerToFloat",
          "MatMulNBits",
          "MultiHeadAttention",
          "QMoE",
          "MoE",
          "QuickGelu",
          "QuantizeLinear",
          "RotaryEmbedding",
          "SimplifiedLayerNormalization",
          "SkipLayerNormalization",
          "SkipSimplifiedLayerNormalization",
          "SparseAttention");

  private final ExternalData externalData;
  private final List<String> mistakes = new ArrayList<>();
  private final Map<String, OnnxModel.Tensor> constants = new HashMap<>();
  private int nodes;

  GraphRules(ExternalData externalData) {
    this.externalData = externalData;
  }

  /** What is wrong, the first few of it. */
  List<String> check(OnnxModel model) {
    if (model.irVersion() < 3 || model.irVersion() > 20) {
      add("has the ONNX version " + model.irVersion());
    }
    if (model.functions() > 0) {
      add("defines functions of its own");
    }
    check(model.graph());
    return mistakes;
  }

  private void check(OnnxModel.Graph graph) {
    if (graph.sparseConstants() > 0) {
      add("has sparse constants");
    }
    for (OnnxModel.Tensor constant : graph.constants()) {
      constants.put(constant.name(), constant);
      check(constant, constant.name());
    }
    for (OnnxModel.Node node : graph.nodes()) {
      if (mistakes.size() >= MOST_MISTAKES) {
        return;
      }
      check(node);
    }
  }

  private void check(OnnxModel.Node node) {
    if (++nodes > MOST_NODES) {
      add("has more than " + MOST_NODES + " nodes");
      return;
    }
    Set<String> known =
        switch (node.domain()) {
          case "", "ai.onnx" -> STANDARD_OPS;
          case "com.microsoft" -> MICROSOFT_OPS;
          default -> Set.of();
        };
    if (!known.contains(node.op())) {
      refuse(node, "uses the operator, which models may not");
      return;
    }
    for (OnnxModel.Attribute attribute : node.attributes().values()) {
      if (attribute.sparse() > 0) {
        refuse(node, "has sparse constants");
      }
      attribute.tensors().forEach(tensor -> check(tensor, node.name()));
      attribute.graphs().forEach(this::check);
    }
    noteConstant(node);
    checkOperator(node);
  }

  private void noteConstant(OnnxModel.Node node) {
    OnnxModel.Attribute value = node.attributes().get("value");
    if (node.op().equals("Constant") && !node.outputs().isEmpty()) {
      if (value != null && !value.tensors().isEmpty()) {
        constants.put(node.outputs().getFirst(), value.tensors().getFirst());
      } else if (node.attributes().containsKey("value_int")) {
        long integer = node.integer("value_int", 0);
        constants.put(
            node.outputs().getFirst(),
            new OnnxModel.Tensor(node.name(), List.of(), 7, -1, List.of(integer), Map.of(), false));
      }
    }
  }

  private void checkOperator(OnnxModel.Node node) {
    switch (node.op()) {
      case "Div", "Mod" -> checkDivision(node);
      case "ConstantOfShape", "Range", "Tile", "Expand" -> checkSize(node);
      case "MatMulNBits" -> checkMatMul(node);
      case "GatherBlockQuantized" -> checkGather(node);
      case "GroupQueryAttention" -> checkAttention(node);
      default -> {
        // nothing beyond the list of operators
      }
    }
  }

  /** Whole numbers divided by 0, or the smallest one by -1, end the process. */
  private void checkDivision(OnnxModel.Node node) {
    OnnxModel.Tensor divisor = constant(node, 1);
    OnnxModel.Tensor dividend = constant(node, 0);
    boolean dividesIntegers = isInteger(divisor) || isInteger(dividend);
    if (!dividesIntegers) {
      return;
    }
    boolean isSafe =
        divisor != null
            && !divisor.values().isEmpty()
            && divisor.values().stream().allMatch(value -> value > 0);
    if (!isSafe) {
      refuse(node, "divides whole numbers by something that is not a positive constant");
    }
  }

  private void checkSize(OnnxModel.Node node) {
    for (int input = 0; input < node.inputs().size(); input++) {
      OnnxModel.Tensor shape = constant(node, input);
      if (shape == null || !isInteger(shape)) {
        continue;
      }
      double elements = 1;
      for (long value : shape.values()) {
        elements *= Math.max(1, Math.abs((double) value));
      }
      if (elements > MOST_CONSTANT_ELEMENTS) {
        refuse(node, "makes a tensor of " + String.format("%.0f", elements) + " numbers");
      }
    }
  }

  private void checkMatMul(OnnxModel.Node node) {
    long columns = node.integer("K", 0);
    long rows = node.integer("N", 0);
    long bits = node.integer("bits", 4);
    long block = node.integer("block_size", 0);
    boolean sizesFit = columns > 0 && rows > 0 && columns < 1 << 24 && rows < 1 << 24;
    if (!sizesFit || !isBlock(block) || !(bits == 2 || bits == 4 || bits == 8)) {
      refuse(node, "has K %d, N %d, bits %d, block_size %d".formatted(columns, rows, bits, block));
      return;
    }
    long blocks = Math.ceilDiv(columns, block);
    expectElements(node, 1, rows * blocks * (block * bits / 8), "weights");
    expectElements(node, 2, rows * blocks, "scales");
  }

  private void checkGather(OnnxModel.Node node) {
    long block = node.integer("block_size", 128);
    long bits = node.integer("bits", 4);
    OnnxModel.Tensor data = constant(node, 0);
    int rank = data == null ? 0 : data.dimensions().size();
    boolean axesFit =
        isAxis(node.integer("gather_axis", 0), rank)
            && isAxis(node.integer("quantize_axis", 1), rank);
    if (!isBlock(block) || !(bits == 2 || bits == 4 || bits == 8) || rank == 0 || !axesFit) {
      refuse(node, "has block_size %d and bits %d for %d axes".formatted(block, bits, rank));
    }
  }

  private void checkAttention(OnnxModel.Node node) {
    long heads = node.integer("num_heads", 0);
    long shared = node.integer("kv_num_heads", 0);
    boolean fits = heads > 0 && heads <= 4096 && shared > 0 && heads % shared == 0;
    if (!fits || node.integer("local_window_size", -1) < -1) {
      refuse(node, "has " + heads + " heads over " + shared);
    }
  }

  private void expectElements(OnnxModel.Node node, int input, long expected, String what) {
    OnnxModel.Tensor tensor = constant(node, input);
    if (tensor == null) {
      refuse(node, "has no constant " + what);
    } else if (elements(tensor) < expected) {
      refuse(node, "needs %d %s, has %d".formatted(expected, what, elements(tensor)));
    }
  }

  private void check(OnnxModel.Tensor tensor, String name) {
    @Nullable ElementType type = ElementType.of(tensor.type());
    long elements = elements(tensor);
    if (type == null || elements < 0) {
      add(
          "the tensor %s has the type %d and sizes %s"
              .formatted(
                  Shown.value(name), tensor.type(), Shown.plain(tensor.dimensions().toString())));
      return;
    }
    long bytes = type.bytes(elements);
    if (tensor.isExternal()) {
      String mistake = externalData.mistake(tensor, bytes);
      if (!mistake.isEmpty()) {
        add("the tensor " + Shown.value(name) + " " + mistake);
      }
    } else if (!tensor.external().isEmpty()
        || (tensor.rawBytes() >= 0 && tensor.rawBytes() != bytes)) {
      add(
          "the tensor %s has %d bytes, not %d"
              .formatted(Shown.value(name), tensor.rawBytes(), bytes));
    }
  }

  /** Product of the sizes; -1 when one is negative or the product is beyond any file. */
  private static long elements(OnnxModel.Tensor tensor) {
    long elements = 1;
    for (long size : tensor.dimensions()) {
      if (size < 0 || (size > 0 && elements > (1L << 48) / size)) {
        return -1;
      }
      elements *= size;
    }
    return elements;
  }

  private OnnxModel.@Nullable Tensor constant(OnnxModel.Node node, int input) {
    return input < node.inputs().size() ? constants.get(node.inputs().get(input)) : null;
  }

  private static boolean isInteger(OnnxModel.@Nullable Tensor tensor) {
    ElementType type = tensor == null ? null : ElementType.of(tensor.type());
    return type != null && type.isInteger();
  }

  /** What the operators document: a power of two from 16 on. */
  private static boolean isBlock(long size) {
    return size >= 16 && size <= 1 << 16 && Long.bitCount(size) == 1;
  }

  private static boolean isAxis(long axis, int rank) {
    return axis >= -rank && axis < rank;
  }

  private void refuse(OnnxModel.Node node, String what) {
    add("the node %s (%s) %s".formatted(Shown.value(node.name()), Shown.plain(node.op()), what));
  }

  private void add(String mistake) {
    if (mistakes.size() < MOST_MISTAKES) {
      mistakes.add(mistake);
    }
  }
}
