package dev.slm.quantize;

import dev.slm.format.OnnxGraph;
import dev.slm.format.Safetensors;
import dev.slm.format.WeightMatrix;
import java.nio.file.Path;
import java.util.List;

/** A weight's constants in a graph, and the nodes that can use them. */
interface StoredWeight {
  /** Every so many rows the error is measured: it costs as much as the encoding. */
  int MEASURED_ROWS = 8;

  /** Encodes rows and writes them; each thread takes one of its own. */
  RowBlocks.Worker worker(WeightMatrix weight);

  String matMul(OnnxGraph graph, String node, String input);

  String gather(OnnxGraph graph, String node, String ids);

  /** The checkpoint's tensors that lie in the weight file as they were. */
  default List<Safetensors.Tensor> kept(WeightMatrix weight, Path file) {
    return List.of();
  }

  boolean hasShape(WeightMatrix weight);
}
