package dev.slm.prepare;

import dev.slm.convert.Architecture;
import dev.slm.format.Safetensors;
import dev.slm.quantize.WeightOptions;
import java.util.List;
import java.util.stream.Stream;

/** The bytes that a checkpoint's weights will take, from the shapes of its tensors alone. */
final class SizeForecast {
  /** The graph itself, configurations and paddings. */
  private static final long GRAPH_BYTES = 40_000;

  private final WeightOptions options;
  private final Architecture architecture;

  private SizeForecast(WeightOptions options, Architecture architecture) {
    this.options = options.forLayers(architecture.layers().size());
    this.architecture = architecture;
  }

  static long bytes(Safetensors weights, Architecture architecture, WeightOptions options) {
    SizeForecast forecast = new SizeForecast(options, architecture);
    return GRAPH_BYTES
        + architecture.rotationBytes()
        + weights.tensors().values().stream().mapToLong(forecast::bytes).sum();
  }

  private long bytes(Safetensors.Tensor tensor) {
    long count = tensor.bytes() * 8 / tensor.type().bits();
    if (tensor.shape().size() != 2) {
      return count * Float.BYTES;
    }
    String name = tensor.name();
    long rows = tensor.shape().get(0);
    int columns = Math.toIntExact(tensor.shape().get(1));
    if (name.equals(architecture.family().tensors().embedding())) {
      return options.tableFormat("", columns, architecture.isTied()).bytes(rows, columns);
    }
    if (name.equals(architecture.family().tensors().head())) {
      return architecture.isTied() ? 0 : options.headFormat("/lm_head/MatMul").bytes(rows, columns);
    }
    return options.formatOf(node(name)).bytes(rows, columns);
  }

  /** Patterns of the options that no weight matches. */
  static List<String> unmatched(
      Safetensors weights, Architecture architecture, WeightOptions options) {
    List<String> nodes =
        Stream.concat(
                Stream.of("/lm_head/MatMul", "/model/embed_tokens/Gather"),
                weights.tensors().keySet().stream().map(SizeForecast::node))
            .toList();
    return options.forLayers(architecture.layers().size()).unmatched(nodes);
  }

  /** {@code model.layers.3.mlp.up_proj.weight} is used by /model/layers.3/mlp/gate_up_proj. */
  private static String node(String tensor) {
    String layer = tensor.replaceAll("\\.weight$", "").replaceAll("\\.(?!\\d)", "/");
    String node =
        layer
            .replace("/self_attn/", "/attn/")
            .replaceAll("/[qkv]_proj$", "/qkv_proj")
            .replaceAll("/(gate|up)_proj$", "/gate_up_proj");
    return "/" + node + "/MatMul";
  }
}
