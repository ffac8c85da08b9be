package dev.slm.engine.ort;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts a decoder between its layers into graphs that run one after the other. The runtime packs the
 * weights of a graph on one thread; of two graphs it packs them on two, and a model loads in half
 * the time. What crosses a cut is a few tensors of the size of an activation.
 */
final class GraphParts {
  /** Hidden state, its norm, the two lengths, and what else a graph derives from its mask. */
  private static final int MOST_CROSSING = 8;

  private final ParsedGraph graph;

  /** The node behind which each value exists; absent for inputs and constants. */
  private final Map<String, Integer> madeBy = new HashMap<>();

  private final Map<String, Integer> lastUse = new HashMap<>();

  private GraphParts(ParsedGraph graph) {
    this.graph = graph;
    for (int i = 0; i < graph.nodes().size(); i++) {
      int index = i;
      graph.nodes().get(i).inputs().forEach(input -> lastUse.put(input, index));
      graph.nodes().get(i).outputs().forEach(output -> madeBy.put(output, index));
    }
    // what stands for an optional value that is left out
    madeBy.remove("");
    lastUse.remove("");
  }

  /** The file's graph in at most so many parts; a list of one when it cannot be cut. */
  static List<byte[]> of(ByteBuffer file, int most) {
    ParsedGraph graph = ParsedGraph.read(file);
    return graph.isPlain() ? new GraphParts(graph).cut(most) : List.of();
  }

  private List<byte[]> cut(int most) {
    List<Integer> ends = ends(most);
    if (ends.size() < 2) {
      return List.of();
    }
    List<byte[]> parts = new ArrayList<>();
    int from = 0;
    for (int end : ends) {
      parts.add(part(from, end));
      from = end;
    }
    return parts;
  }

  /** The first nodes behind each part: where least crosses, near equal shares of the work. */
  private List<Integer> ends(int most) {
    int nodes = graph.nodes().size();
    long[] work = new long[nodes + 1];
    for (int i = 0; i < nodes; i++) {
      work[i + 1] = work[i] + graph.packedBytes(graph.nodes().get(i));
    }
    List<Integer> ends = new ArrayList<>();
    int from = 0;
    for (int part = 1; part < most; part++) {
      int end = nearest(work, work[nodes] * part / most);
      if (end > from) {
        ends.add(end);
        from = end;
      }
    }
    ends.add(nodes);
    return ends;
  }

  /** The node nearest to a share of the work before which the graph can be cut, 0 if none. */
  private int nearest(long[] work, long wanted) {
    int middle = 0;
    while (middle < work.length - 1 && work[middle] < wanted) {
      middle++;
    }
    for (int distance = 0; distance < work.length; distance++) {
      if (canCut(middle - distance)) {
        return middle - distance;
      }
      if (canCut(middle + distance)) {
        return middle + distance;
      }
    }
    return 0;
  }

  /** Behind a norm the crossing values are narrow, and no fusion reaches over them. */
  private boolean canCut(int end) {
    if (end < 1
        || end >= graph.nodes().size()
        || !graph.nodes().get(end - 1).op().endsWith("LayerNormalization")) {
      return false;
    }
    Set<String> crossing = crossing(end);
    return crossing.size() <= MOST_CROSSING
        && crossing.stream().allMatch(value -> graph.type(value) > 0);
  }

  /** Values made before a node and used from it on. */
  private Set<String> crossing(int end) {
    Set<String> crossing = new LinkedHashSet<>();
    madeBy.forEach(
        (value, node) -> {
          if (node < end && lastUse.getOrDefault(value, -1) >= end) {
            crossing.add(value);
          }
        });
    return crossing;
  }

  private byte[] part(int from, int end) {
    ProtoBytes part = new ProtoBytes();
    Set<String> used = new HashSet<>();
    Set<String> made = new HashSet<>();
    for (ParsedGraph.Node node : graph.nodes().subList(from, end)) {
      part.whole(node.bytes());
      used.addAll(node.inputs());
      made.addAll(node.outputs());
    }
    part.text(ParsedGraph.NAME, "part");
    graph.constants().values().stream()
        .filter(constant -> used.contains(constant.name()))
        .forEach(constant -> part.whole(constant.bytes()));
    graph.inputs().forEach((name, bytes) -> addIf(used, name, bytes, part));
    graph.outputs().forEach((name, bytes) -> addIf(made, name, bytes, part));
    crossing(from).stream()
        .filter(used::contains)
        .forEach(value -> part.message(ParsedGraph.INPUT, valueInfo(value)));
    Set<String> wanted = laterUsed(end);
    made.stream()
        .filter(wanted::contains)
        .filter(value -> !graph.outputs().containsKey(value))
        .sorted()
        .forEach(value -> part.message(ParsedGraph.OUTPUT, valueInfo(value)));
    ProtoBytes model = new ProtoBytes();
    graph.header().forEach(model::whole);
    return model.message(ParsedGraph.GRAPH, part).toBytes();
  }

  private static void addIf(Set<String> names, String name, ByteBuffer bytes, ProtoBytes part) {
    if (names.contains(name)) {
      part.whole(bytes);
    }
  }

  private Set<String> laterUsed(int end) {
    Set<String> later = new HashSet<>();
    lastUse.forEach(
        (value, node) -> {
          if (node >= end) {
            later.add(value);
          }
        });
    return later;
  }

  /** ValueInfoProto: name 1, type 2 with tensor_type 1 of elem_type 1; the shape is left open. */
  private ProtoBytes valueInfo(String value) {
    ProtoBytes tensor = new ProtoBytes().number(1, graph.type(value));
    return new ProtoBytes().text(1, value).message(2, new ProtoBytes().message(1, tensor));
  }
}
