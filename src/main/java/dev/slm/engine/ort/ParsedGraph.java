package dev.slm.engine.ort;

import dev.slm.engine.check.ProtoReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph's nodes, constants, inputs and outputs with the bytes they stand in, as far as cutting it
 * needs them. Field numbers are those of onnx.proto.
 *
 * @param header the model's fields beside the graph
 * @param isPlain whether it has nothing that a cut would have to understand: graphs inside of
 *     nodes, functions, sparse constants
 */
record ParsedGraph(
    List<Node> nodes,
    Map<String, Constant> constants,
    Map<String, ByteBuffer> inputs,
    Map<String, ByteBuffer> outputs,
    Map<String, Node> makers,
    List<ByteBuffer> header,
    boolean isPlain) {
  static final int GRAPH = 7;
  static final int NAME = 2;
  static final int INPUT = 11;
  static final int OUTPUT = 12;

  private static final int DEEPEST = 20;

  /** By operator, the input whose number type is that of all outputs. */
  private static final Map<String, Integer> TYPE_OF_INPUT =
      Map.ofEntries(
          Map.entry("Add", 1),
          Map.entry("GatherBlockQuantized", 2),
          Map.entry("Identity", 0),
          Map.entry("Max", 1),
          Map.entry("MatMulNBits", 2),
          Map.entry("Min", 1),
          Map.entry("Mul", 1),
          Map.entry("ReduceMax", 0),
          Map.entry("ReduceSum", 0),
          Map.entry("SimplifiedLayerNormalization", 1),
          Map.entry("SkipLayerNormalization", 2),
          Map.entry("SkipSimplifiedLayerNormalization", 2),
          Map.entry("Sub", 1));

  record Node(
      String op, List<String> inputs, List<String> outputs, int castType, ByteBuffer bytes) {}

  record Constant(String name, int type, long elements, ByteBuffer bytes) {}

  static ParsedGraph read(ByteBuffer file) {
    List<ByteBuffer> header = new ArrayList<>();
    ProtoReader in = new ProtoReader(file);
    Reader graph = new Reader();
    while (in.next()) {
      if (in.field() == GRAPH) {
        graph.read(in.message());
      } else {
        graph.isPlain &= in.field() != 25;
        header.add(in.whole());
      }
    }
    return graph.parsed(header);
  }

  /** Bytes that the runtime packs for a node when it loads it, roughly. */
  long packedBytes(Node node) {
    long bytes = 0;
    for (String input : node.op().contains("MatMul") ? node.inputs() : List.<String>of()) {
      Constant constant = constants.get(input);
      bytes += constant == null ? 0 : constant.elements();
    }
    return bytes;
  }

  /** The number type of a value as ONNX counts them, 0 when that is not obvious. */
  int type(String value) {
    return type(value, DEEPEST);
  }

  private int type(String value, int depth) {
    Constant constant = constants.get(value);
    if (constant != null) {
      return constant.type();
    }
    if (inputs.containsKey(value)) {
      return Reader.elementType(inputs.get(value));
    }
    Node maker = makers.get(value);
    if (maker == null || depth == 0) {
      return 0;
    }
    if (maker.op().equals("Cast")) {
      return maker.castType();
    }
    if (maker.op().equals("Shape")) {
      return 7;
    }
    int input = TYPE_OF_INPUT.getOrDefault(maker.op(), -1);
    return input < 0 || input >= maker.inputs().size()
        ? 0
        : type(maker.inputs().get(input), depth - 1);
  }

  private static final class Reader {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();
    private final Map<String, ByteBuffer> inputs = new LinkedHashMap<>();
    private final Map<String, ByteBuffer> outputs = new LinkedHashMap<>();
    private final Map<String, Node> makers = new HashMap<>();
    private boolean isPlain = true;

    ParsedGraph parsed(List<ByteBuffer> header) {
      return new ParsedGraph(nodes, constants, inputs, outputs, makers, header, isPlain);
    }

    void read(ProtoReader in) {
      while (in.next()) {
        int field = in.field();
        ByteBuffer whole = in.whole();
        switch (field) {
          case 1 -> node(whole);
          case 5 -> constant(whole);
          case INPUT -> inputs.put(name(whole), whole);
          case OUTPUT -> outputs.put(name(whole), whole);
          case 14, 15 -> isPlain = false;
          default -> {
            // name, description, and shapes that the runtime infers itself
          }
        }
      }
    }

    private void node(ByteBuffer whole) {
      List<String> nodeInputs = new ArrayList<>();
      List<String> nodeOutputs = new ArrayList<>();
      String op = "";
      int castType = 0;
      ProtoReader in = inside(whole);
      while (in.next()) {
        switch (in.field()) {
          case 1 -> nodeInputs.add(in.text());
          case 2 -> nodeOutputs.add(in.text());
          case 4 -> op = in.text();
          case 5 -> castType = Math.max(castType, attribute(in.message()));
          default -> in.skip();
        }
      }
      Node node = new Node(op, nodeInputs, nodeOutputs, castType, whole);
      nodes.add(node);
      nodeOutputs.forEach(output -> makers.put(output, node));
    }

    /** The attribute's number when it is the target of a cast. */
    private int attribute(ProtoReader in) {
      String name = "";
      int number = 0;
      while (in.next()) {
        switch (in.field()) {
          case 1 -> name = in.text();
          case 3 -> number = (int) in.varint();
          case 6, 11 -> {
            isPlain = false;
            in.skip();
          }
          default -> in.skip();
        }
      }
      return name.equals("to") ? number : 0;
    }

    private void constant(ByteBuffer whole) {
      String name = "";
      int type = 0;
      List<Long> sizes = new ArrayList<>();
      ProtoReader in = inside(whole);
      while (in.next()) {
        switch (in.field()) {
          case 1 -> in.varints(sizes::add);
          case 2 -> type = (int) in.varint();
          case 8 -> name = in.text();
          default -> in.skip();
        }
      }
      long elements = sizes.stream().reduce(1L, (a, b) -> a * b);
      constants.put(name, new Constant(name, type, elements, whole));
    }

    private static String name(ByteBuffer whole) {
      ProtoReader in = inside(whole);
      String name = "";
      while (in.next()) {
        if (in.field() == 1) {
          name = in.text();
        } else {
          in.skip();
        }
      }
      return name;
    }

    private static ProtoReader inside(ByteBuffer whole) {
      ProtoReader in = new ProtoReader(whole);
      in.next();
      return in.message();
    }

    private static int elementType(ByteBuffer input) {
      ProtoReader in = inside(input);
      int type = 0;
      while (in.next()) {
        if (in.field() == 2) {
          type = tensorType(in.message());
        } else {
          in.skip();
        }
      }
      return type;
    }

    private static int tensorType(ProtoReader in) {
      int type = 0;
      while (in.next()) {
        if (in.field() == 1) {
          ProtoReader tensor = in.message();
          while (tensor.next()) {
            if (tensor.field() == 1) {
              type = (int) tensor.varint();
            } else {
              tensor.skip();
            }
          }
        } else {
          in.skip();
        }
      }
      return type;
    }
  }
}
