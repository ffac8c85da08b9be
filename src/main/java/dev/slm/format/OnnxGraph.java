package dev.slm.format;

import dev.slm.base.DurableFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph under construction. Every node is checked when it is added: its operator's arity and
 * attributes, that its inputs exist and that its names are new. Weights pass through to the {@link
 * WeightFile}; the graph never holds them.
 */
public final class OnnxGraph {
  /**
   * What the onnxruntime-genai model builder writes, so that whoever loads its models loads ours.
   */
  private static final int IR_VERSION = 10;

  private static final int ONNX_OPSET = 21;
  private static final int MICROSOFT_OPSET = 1;

  private final String name;
  private final WeightFile weights;
  private final List<ProtoWriter> inputs = new ArrayList<>();
  private final Map<String, ProtoWriter> outputs = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, Initializer> initializers = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Set<String> values = new HashSet<>();
  private final Set<String> nodeNames = new HashSet<>();

  /** Begins an empty graph whose larger constants go to a file. */
  public OnnxGraph(String name, WeightFile weights) {
    this.name = name;
    this.weights = weights;
  }

  /** Declares an input and returns its name. */
  public String input(String input, OnnxType type, OnnxDimension... shape) {
    define(input);
    inputs.add(valueInfo(input, type, shape));
    return input;
  }

  /** Declares an output; a node must compute a value of this name before the graph is written. */
  public void output(String output, OnnxType type, OnnxDimension... shape) {
    if (outputs.put(output, valueInfo(output, type, shape)) != null) {
      throw new IllegalArgumentException("output '" + output + "' exists already");
    }
  }

  /** Declares a constant whose bytes the caller writes before the graph is written. */
  public Initializer initializer(String constant, OnnxType type, long... shape) {
    define(constant);
    Initializer initializer = new Initializer(constant, type, shape, weights);
    initializers.put(constant, initializer);
    return initializer;
  }

  /**
   * Declares another view of a constant's bytes, of the same length but with its own shape: the
   * file holds them once.
   */
  public String view(String constant, Initializer of, long... shape) {
    define(constant);
    initializers.put(constant, of.view(constant, shape));
    return constant;
  }

  /** Adds a constant of floats, once: the name of one that exists is returned. */
  public String floats(String constant, long[] shape, float... values) {
    if (!initializers.containsKey(constant)) {
      initializer(constant, OnnxType.FLOAT, shape).write(values);
    }
    return constant;
  }

  /** Adds a constant list of whole numbers, once: the name of one that exists is returned. */
  public String longs(String constant, long[] shape, long... values) {
    if (!initializers.containsKey(constant)) {
      initializer(constant, OnnxType.INT64, shape).write(values);
    }
    return constant;
  }

  /** Whether an input, a constant or a node's output has this name. */
  public boolean has(String value) {
    return values.contains(value);
  }

  /** Adds a node with one output, and returns the output's name. */
  public String add(OnnxOp op, String node, List<String> from, OnnxAttribute... attributes) {
    String output = node + "/output_0";
    add(op, node, from, List.of(output), attributes);
    return output;
  }

  /** Adds a node. */
  public void add(
      OnnxOp op, String node, List<String> from, List<String> to, OnnxAttribute... attributes) {
    OnnxNode added = new OnnxNode(op, node, from, to, List.of(attributes));
    op.check(added);
    for (String input : from) {
      if (!input.isEmpty() && !values.contains(input)) {
        throw new IllegalArgumentException(op.type() + " '" + node + "': no value '" + input + "'");
      }
    }
    if (!nodeNames.add(node)) {
      throw new IllegalArgumentException("node '" + node + "' exists already");
    }
    to.stream().filter(output -> !output.isEmpty()).forEach(this::define);
    nodes.add(added);
  }

  /** Adds a line of metadata that readers of the file can see. */
  public void metadata(String key, String value) {
    metadata.put(key, value);
  }

  /** The graph in lines of text, for people and for tests: constants, then nodes in order. */
  public String text() {
    StringBuilder text = new StringBuilder();
    initializers.values().forEach(constant -> text.append(constant.describe()).append('\n'));
    for (OnnxNode node : nodes) {
      text.append(node.op().type()).append(' ').append(node.name()).append('\n');
      text.append("  from ").append(String.join(", ", node.inputs())).append('\n');
      text.append("  to ").append(String.join(", ", node.outputs())).append('\n');
      for (OnnxAttribute attribute : node.attributes()) {
        text.append("  ").append(attribute.name()).append(" = ").append(attribute.value());
        text.append('\n');
      }
    }
    return text.toString();
  }

  /** Writes the graph; everything that was declared must be there by now. */
  public void write(Path file) {
    for (String output : outputs.keySet()) {
      if (!values.contains(output)) {
        throw new IllegalStateException("no node computes the output '" + output + "'");
      }
    }
    weights.sync();
    DurableFile.write(file, model().toBytes());
  }

  /** A ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8, metadata_props 14. */
  private ProtoWriter model() {
    ProtoWriter model =
        new ProtoWriter()
            .number(1, IR_VERSION)
            .text(2, "slm")
            .message(7, graph())
            .message(8, opset(OnnxOp.Domain.ONNX, ONNX_OPSET))
            .message(8, opset(OnnxOp.Domain.MICROSOFT, MICROSOFT_OPSET));
    metadata.forEach(
        (key, value) -> model.message(14, new ProtoWriter().text(1, key).text(2, value)));
    return model;
  }

  /** A GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
  private ProtoWriter graph() {
    ProtoWriter graph = new ProtoWriter();
    nodes.forEach(node -> graph.message(1, nodeProto(node)));
    graph.text(2, name);
    initializers.values().forEach(constant -> graph.message(5, constant.toProto()));
    inputs.forEach(input -> graph.message(11, input));
    outputs.values().forEach(output -> graph.message(12, output));
    return graph;
  }

  /** A NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. */
  private static ProtoWriter nodeProto(OnnxNode node) {
    ProtoWriter proto = new ProtoWriter();
    node.inputs().forEach(input -> proto.text(1, input));
    node.outputs().forEach(output -> proto.text(2, output));
    proto.text(3, node.name()).text(4, node.op().type());
    node.attributes().forEach(attribute -> proto.message(5, attributeProto(attribute)));
    return proto.text(7, node.op().domain());
  }

  /** An AttributeProto: name 1, f 2, i 3, s 4, ints 8, and type 20 to say which of them. */
  private static ProtoWriter attributeProto(OnnxAttribute attribute) {
    ProtoWriter proto = new ProtoWriter().text(1, attribute.name());
    return switch (attribute.value()) {
      case OnnxAttribute.Fraction(float value) -> proto.fraction(2, value).number(20, 1);
      case OnnxAttribute.Whole(long value) -> proto.number(3, value).number(20, 2);
      case OnnxAttribute.Text(String value) -> proto.text(4, value).number(20, 3);
      case OnnxAttribute.Wholes(List<Long> values) -> {
        for (long value : values) {
          proto.number(8, value);
        }
        yield proto.number(20, 7);
      }
    };
  }

  /**
   * A ValueInfoProto: name 1, type 2 with tensor_type 1 of elem_type 1 and shape 2, whose dims 1
   * are dim_value 1 or dim_param 2.
   */
  private static ProtoWriter valueInfo(String name, OnnxType type, OnnxDimension... shape) {
    ProtoWriter dimensions = new ProtoWriter();
    for (OnnxDimension dimension : shape) {
      ProtoWriter one = new ProtoWriter();
      dimensions.message(
          1, dimension.isFixed() ? one.number(1, dimension.size()) : one.text(2, dimension.name()));
    }
    ProtoWriter tensor = new ProtoWriter().number(1, type.code()).message(2, dimensions);
    return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
  }

  private static ProtoWriter opset(OnnxOp.Domain domain, int version) {
    return new ProtoWriter().text(1, domain.id()).number(2, version);
  }

  private void define(String value) {
    if (value.isEmpty() || !values.add(value)) {
      throw new IllegalArgumentException("value '" + value + "' exists already or has no name");
    }
  }
}
