package dev.slm.format;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The operators that our graphs use, with what each one takes. Arities and attributes are those of
 * opset 21 of ONNX and of onnxruntime's contributed operators.
 */
public enum OnnxOp {
  ADD(Domain.ONNX, "Add", 2, 2, 1),
  SUB(Domain.ONNX, "Sub", 2, 2, 1),
  MUL(Domain.ONNX, "Mul", 2, 2, 1),
  DIV(Domain.ONNX, "Div", 2, 2, 1),
  MIN(Domain.ONNX, "Min", 1, 8, 1),
  CAST(Domain.ONNX, "Cast", 1, 1, 1, "to!i"),
  EQUAL(Domain.ONNX, "Equal", 2, 2, 1),
  GATHER(Domain.ONNX, "Gather", 2, 2, 1, "axis:i"),
  GELU(Domain.ONNX, "Gelu", 1, 1, 1, "approximate:s"),
  GREATER(Domain.ONNX, "Greater", 2, 2, 1),
  IDENTITY(Domain.ONNX, "Identity", 1, 1, 1),
  MAT_MUL(Domain.ONNX, "MatMul", 2, 2, 1),
  RANGE(Domain.ONNX, "Range", 3, 3, 1),
  REDUCE_MAX(Domain.ONNX, "ReduceMax", 1, 2, 1, "keepdims:i", "noop_with_empty_axes:i"),
  REDUCE_SUM(Domain.ONNX, "ReduceSum", 1, 2, 1, "keepdims:i", "noop_with_empty_axes:i"),
  RESHAPE(Domain.ONNX, "Reshape", 2, 2, 1, "allowzero:i"),
  SHAPE(Domain.ONNX, "Shape", 1, 1, 1, "start:i", "end:i"),
  SIGMOID(Domain.ONNX, "Sigmoid", 1, 1, 1),
  SLICE(Domain.ONNX, "Slice", 3, 5, 1),
  SPLIT(Domain.ONNX, "Split", 1, 2, 8, "axis:i", "num_outputs:i"),
  TANH(Domain.ONNX, "Tanh", 1, 1, 1),
  TRANSPOSE(Domain.ONNX, "Transpose", 1, 1, 1, "perm:l"),
  UNSQUEEZE(Domain.ONNX, "Unsqueeze", 2, 2, 1),
  WHERE(Domain.ONNX, "Where", 3, 3, 1),
  SIMPLIFIED_LAYER_NORMALIZATION(
      Domain.ONNX, "SimplifiedLayerNormalization", 2, 2, 2, "axis:i", "epsilon:f", "stash_type:i"),
  SKIP_SIMPLIFIED_LAYER_NORMALIZATION(
      Domain.MICROSOFT, "SkipSimplifiedLayerNormalization", 3, 4, 4, "epsilon:f"),
  GROUP_QUERY_ATTENTION(
      Domain.MICROSOFT,
      "GroupQueryAttention",
      7,
      12,
      4,
      "num_heads!i",
      "kv_num_heads!i",
      "scale:f",
      "softcap:f",
      "local_window_size:i",
      "do_rotary:i",
      "rotary_interleaved:i",
      "smooth_softmax:i"),
  ROTARY_EMBEDDING(
      Domain.MICROSOFT,
      "RotaryEmbedding",
      4,
      4,
      1,
      "interleaved:i",
      "num_heads:i",
      "rotary_embedding_dim:i",
      "scale:f",
      "is_packed_batching:i"),
  FUSED_MAT_MUL(Domain.MICROSOFT, "FusedMatMul", 2, 2, 1, "alpha:f", "transA:i", "transB:i"),
  MAT_MUL_NBITS(
      Domain.MICROSOFT,
      "MatMulNBits",
      3,
      6,
      1,
      "K!i",
      "N!i",
      "bits:i",
      "block_size!i",
      "accuracy_level:i"),
  GATHER_BLOCK_QUANTIZED(
      Domain.MICROSOFT,
      "GatherBlockQuantized",
      3,
      4,
      1,
      "gather_axis:i",
      "quantize_axis:i",
      "block_size:i",
      "bits:i");

  /** Where an operator is specified. */
  enum Domain {
    /** The standard's own operators, written as the empty domain. */
    ONNX(""),
    MICROSOFT("com.microsoft");

    private final String id;

    Domain(String id) {
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  private final Domain domain;
  private final String type;
  private final int leastInputs;
  private final int mostInputs;
  private final int mostOutputs;

  @SuppressWarnings("ImmutableEnumChecker") // filled by the constructor, read ever after
  private final Map<String, Character> attributes = new TreeMap<>();

  @SuppressWarnings("ImmutableEnumChecker") // filled by the constructor, read ever after
  private final Set<String> required = new TreeSet<>();

  /**
   * @param attributes name, ':' (or '!' when required), and i, f, s or l for a number, a fraction,
   *     a text or a list of numbers
   */
  OnnxOp(
      Domain domain,
      String type,
      int leastInputs,
      int mostInputs,
      int mostOutputs,
      String... attributes) {
    this.domain = domain;
    this.type = type;
    this.leastInputs = leastInputs;
    this.mostInputs = mostInputs;
    this.mostOutputs = mostOutputs;
    for (String attribute : attributes) {
      String name = attribute.substring(0, attribute.length() - 2);
      this.attributes.put(name, attribute.charAt(attribute.length() - 1));
      if (attribute.charAt(attribute.length() - 2) == '!') {
        required.add(name);
      }
    }
  }

  /** The operator's name in the file. */
  public String type() {
    return type;
  }

  public String domain() {
    return domain.id();
  }

  /** Refuses a node that the runtime would refuse, or worse, when it loads the graph. */
  void check(OnnxNode node) {
    checkCount(node, "inputs", node.inputs().size(), leastInputs, mostInputs);
    checkCount(node, "outputs", node.outputs().size(), 1, mostOutputs);
    Set<String> missing = new TreeSet<>(required);
    for (OnnxAttribute attribute : node.attributes()) {
      Character kind = attributes.get(attribute.name());
      if (kind == null || kind != kindOf(attribute.value())) {
        throw mistake(node, "attribute '" + attribute.name() + "' does not belong to it");
      }
      missing.remove(attribute.name());
    }
    if (!missing.isEmpty()) {
      throw mistake(node, "attributes " + missing + " are missing");
    }
  }

  private void checkCount(OnnxNode node, String what, int found, int least, int most) {
    if (found < least || found > most) {
      throw mistake(node, "expected " + least + " to " + most + " " + what + ", found " + found);
    }
  }

  private IllegalArgumentException mistake(OnnxNode node, String what) {
    return new IllegalArgumentException(type + " '" + node.name() + "': " + what);
  }

  private static char kindOf(OnnxAttribute.Value value) {
    return switch (value) {
      case OnnxAttribute.Whole _ -> 'i';
      case OnnxAttribute.Fraction _ -> 'f';
      case OnnxAttribute.Text _ -> 's';
      case OnnxAttribute.Wholes _ -> 'l';
    };
  }
}
