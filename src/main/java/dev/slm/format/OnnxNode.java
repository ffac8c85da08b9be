package dev.slm.format;

import java.util.List;

/** One operation of a graph; an empty input or output name stands for one that is left out. */
public record OnnxNode(
    OnnxOp op,
    String name,
    List<String> inputs,
    List<String> outputs,
    List<OnnxAttribute> attributes) {
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
  }
}
