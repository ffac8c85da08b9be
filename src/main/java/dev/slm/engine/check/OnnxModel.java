package dev.slm.engine.check;

import dev.slm.base.DurableFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An ONNX file as far as its safety needs to be judged. Field numbers are those of onnx.proto. */
record OnnxModel(long irVersion, int functions, Graph graph) {
  /** Deeper than any real graph; each level costs stack. */
  private static final int DEEPEST = 10;

  private static final int MOST_BYTES_IN_MEMORY = 16 << 20;

  /**
   * @param inputTypes the graph's inputs with their number types
   */
  record Graph(
      List<Node> nodes,
      List<Tensor> constants,
      Map<String, Integer> inputTypes,
      int sparseConstants) {}

  record Node(
      String op,
      String domain,
      String name,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {
    long integer(String attribute, long standard) {
      Attribute found = attributes.get(attribute);
      return found == null ? standard : found.integer();
    }
  }

  record Attribute(long integer, List<Tensor> tensors, List<Graph> graphs, int sparse) {}

  /**
   * A constant.
   *
   * @param values numbers that stand in the message as integers, for small constants
   * @param external where its bytes are in another file, each key with its values
   */
  record Tensor(
      String name,
      List<Long> dimensions,
      int type,
      long rawBytes,
      List<Long> values,
      Map<String, List<String>> external,
      boolean isExternal) {}

  /** Reads a file, or throws {@link ProtoReader.Malformed}. */
  static OnnxModel read(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena arena = Arena.ofConfined()) {
      return model(new ProtoReader(bytes(channel, arena)));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  /** Graphs without their weights are read: a mapping is slow until the compiler has seen it. */
  private static ByteBuffer bytes(FileChannel channel, Arena arena) throws IOException {
    long size = channel.size();
    if (size > Integer.MAX_VALUE) {
      throw new ProtoReader.Malformed("more than the 2 GB of such a file");
    }
    if (size > MOST_BYTES_IN_MEMORY) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena).asByteBuffer();
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    int read = 0;
    while (read >= 0 && bytes.hasRemaining()) {
      read = channel.read(bytes);
    }
    return bytes.flip();
  }

  private static OnnxModel model(ProtoReader in) {
    long irVersion = 0;
    int functions = 0;
    Graph graph = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> irVersion = in.varint();
        case 7 -> {
          // protobuf would merge two graphs into one, and we would judge half of it
          refuseSecond(graph);
          graph = graph(in.message(), 0);
        }
        case 25 -> {
          functions++;
          in.skip();
        }
        default -> in.skip();
      }
    }
    if (graph == null) {
      throw new ProtoReader.Malformed("no graph");
    }
    return new OnnxModel(irVersion, functions, graph);
  }

  private static void refuseSecond(@Nullable Object first) {
    if (first != null) {
      throw new ProtoReader.Malformed("a part twice");
    }
  }

  private static Graph graph(ProtoReader in, int depth) {
    if (depth > DEEPEST) {
      throw new ProtoReader.Malformed("graphs nested deeper than " + DEEPEST);
    }
    List<Node> nodes = new ArrayList<>();
    List<Tensor> constants = new ArrayList<>();
    Map<String, Integer> inputTypes = new HashMap<>();
    int sparse = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(node(in.message(), depth));
        case 5 -> constants.add(tensor(in.message()));
        case 11 -> input(in.message(), inputTypes);
        case 15 -> {
          sparse++;
          in.skip();
        }
        default -> in.skip();
      }
    }
    return new Graph(nodes, constants, inputTypes, sparse);
  }

  private static void input(ProtoReader in, Map<String, Integer> types) {
    String name = "";
    int type = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> type = innerVarint(in.message(), 1, 1);
        default -> in.skip();
      }
    }
    types.put(name, type);
  }

  /** The number at a field of the message at a field: a tensor type's element type. */
  private static int innerVarint(ProtoReader in, int outer, int inner) {
    int value = 0;
    while (in.next()) {
      if (in.field() != outer) {
        in.skip();
        continue;
      }
      ProtoReader tensor = in.message();
      while (tensor.next()) {
        if (tensor.field() == inner) {
          value = Math.clamp(tensor.varint(), 0, Integer.MAX_VALUE);
        } else {
          tensor.skip();
        }
      }
    }
    return value;
  }

  private static Node node(ProtoReader in, int depth) {
    String op = "";
    String domain = "";
    String name = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Attribute> attributes = new HashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> op = in.text();
        case 5 -> attribute(in.message(), depth, attributes);
        case 7 -> domain = in.text();
        default -> in.skip();
      }
    }
    return new Node(op, domain, name, inputs, outputs, attributes);
  }

  private static void attribute(ProtoReader in, int depth, Map<String, Attribute> attributes) {
    String name = "";
    long integer = 0;
    int sparse = 0;
    List<Tensor> tensors = new ArrayList<>();
    List<Graph> graphs = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 3 -> integer = in.varint();
        case 5 -> {
          refuseSecond(tensors.isEmpty() ? null : tensors);
          tensors.add(tensor(in.message()));
        }
        case 6 -> {
          refuseSecond(graphs.isEmpty() ? null : graphs);
          graphs.add(graph(in.message(), depth + 1));
        }
        case 10 -> tensors.add(tensor(in.message()));
        case 11 -> graphs.add(graph(in.message(), depth + 1));
        case 22, 23 -> {
          sparse++;
          in.skip();
        }
        default -> in.skip();
      }
    }
    if (attributes.put(name, new Attribute(integer, tensors, graphs, sparse)) != null) {
      throw new ProtoReader.Malformed("an attribute twice");
    }
  }

  private static Tensor tensor(ProtoReader in) {
    List<Long> dimensions = new ArrayList<>();
    int type = 0;
    long rawBytes = -1;
    List<Long> values = new ArrayList<>();
    Map<String, List<String>> external = new HashMap<>();
    String name = "";
    long location = 0;
    ByteBuffer raw = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> in.varints(dimensions::add);
        case 2 -> type = Math.clamp(in.varint(), 0, Integer.MAX_VALUE);
        case 5, 7, 11 -> in.varints(values::add);
        case 8 -> name = in.text();
        case 9 -> raw = in.bytes();
        case 13 -> entry(in.message(), external);
        case 14 -> location = in.varint();
        default -> in.skip();
      }
    }
    if (raw != null) {
      rawBytes = raw.limit();
      addRawIntegers(raw, type, values);
    }
    return new Tensor(name, dimensions, type, rawBytes, values, external, location == 1);
  }

  private static void entry(ProtoReader in, Map<String, List<String>> external) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> in.skip();
      }
    }
    external.computeIfAbsent(key, _ -> new ArrayList<>()).add(value);
  }

  /** Small integer constants are looked into: shapes and divisors. */
  private static void addRawIntegers(ByteBuffer raw, int type, List<Long> values) {
    @Nullable ElementType element = ElementType.of(type);
    if (raw.limit() > 4096) {
      return;
    }
    ByteBuffer little = raw.order(ByteOrder.LITTLE_ENDIAN);
    if (element == ElementType.INT64 && raw.limit() % 8 == 0) {
      while (little.hasRemaining()) {
        values.add(little.getLong());
      }
    } else if (element == ElementType.INT32 && raw.limit() % 4 == 0) {
      while (little.hasRemaining()) {
        values.add((long) little.getInt());
      }
    }
  }
}
