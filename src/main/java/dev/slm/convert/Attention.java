package dev.slm.convert;

import dev.slm.convert.Architecture.Layer;
import dev.slm.convert.Architecture.Sizes;
import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxOp;
import dev.slm.format.WeightMatrix;
import dev.slm.profile.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Grouped-query attention: queries look at the keys of all tokens before them. */
final class Attention {
  private final GraphBlock block;
  private final AttentionMask mask;
  private final Architecture architecture;
  private final Sizes sizes;
  private final Family.Tensors tensors;

  Attention(GraphBlock block, AttentionMask mask) {
    this.block = block;
    this.mask = mask;
    this.architecture = block.architecture();
    this.sizes = architecture.sizes();
    this.tensors = architecture.family().tensors();
  }

  /** Adds the block of a layer and returns its value before the skip connection. */
  String add(int layer, String input) {
    String name = "/model/layers." + layer + "/attn";
    List<String> projected = project(name, layer, input);
    String attended = attend(name, layer, projected);
    String output = GraphBlock.inLayer(tensors.output(), layer);
    return block.linear(
        name + "/o_proj",
        block.weights().matrix(output, sizes.hidden(), sizes.query()),
        block.weights().bias(output, sizes.hidden()),
        attended);
  }

  /** Query, key and value in one value, or in three where heads are normalized by themselves. */
  private List<String> project(String name, int layer, String input) {
    Packed packed = packed(layer);
    String all = block.linear(name + "/qkv_proj", packed.weight(), packed.bias(), input);
    String queryNorm = tensors.queryNorm();
    String keyNorm = tensors.keyNorm();
    if (queryNorm == null || keyNorm == null) {
      return List.of(all, "", "");
    }
    String split = name + "/qkv_proj/Split";
    String lengths =
        block
            .graph()
            .longs(
                "qkv_lengths", new long[] {3}, sizes.query(), sizes.keyValue(), sizes.keyValue());
    List<String> parts = List.of(split + "/output_0", split + "/output_1", split + "/output_2");
    block
        .graph()
        .add(OnnxOp.SPLIT, split, List.of(all, lengths), parts, OnnxAttribute.of("axis", -1));
    return List.of(
        normHeads(name + "/q_norm", parts.get(0), GraphBlock.inLayer(queryNorm, layer)),
        normHeads(name + "/k_norm", parts.get(1), GraphBlock.inLayer(keyNorm, layer)),
        parts.get(2));
  }

  private record Packed(WeightMatrix weight, Optional<float[]> bias) {}

  private Packed packed(int layer) {
    int rows = sizes.query() + 2 * sizes.keyValue();
    if (tensors.queryKeyValue() != null) {
      String fused = GraphBlock.inLayer(tensors.queryKeyValue(), layer);
      return new Packed(
          block.weights().matrix(fused, rows, sizes.hidden()), block.weights().bias(fused, rows));
    }
    List<WeightMatrix> matrices = new ArrayList<>();
    List<Optional<float[]>> biases = new ArrayList<>();
    addPart(tensors.query(), layer, sizes.query(), matrices, biases);
    addPart(tensors.key(), layer, sizes.keyValue(), matrices, biases);
    addPart(tensors.value(), layer, sizes.keyValue(), matrices, biases);
    return new Packed(WeightMatrix.concat(matrices), joined(matrices, biases));
  }

  private void addPart(
      @Nullable String tensor,
      int layer,
      int rows,
      List<WeightMatrix> matrices,
      List<Optional<float[]>> biases) {
    String name = GraphBlock.inLayer(String.valueOf(tensor), layer);
    matrices.add(block.weights().matrix(name, rows, sizes.hidden()));
    biases.add(block.weights().bias(name, rows));
  }

  /** The biases one after the other, zeros for those that are absent beside others. */
  private static Optional<float[]> joined(
      List<WeightMatrix> matrices, List<Optional<float[]>> biases) {
    if (biases.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    float[] all = new float[matrices.stream().mapToInt(WeightMatrix::rows).sum()];
    int at = 0;
    for (int i = 0; i < biases.size(); i++) {
      if (biases.get(i).isPresent()) {
        float[] bias = biases.get(i).get();
        System.arraycopy(bias, 0, all, at, bias.length);
      }
      at += matrices.get(i).rows();
    }
    return Optional.of(all);
  }

  /** Norm of each head by itself. */
  private String normHeads(String name, String value, String tensor) {
    String heads = block.graph().longs("heads_apart", new long[] {4}, 0, 0, -1, sizes.headSize());
    String apart = block.add(OnnxOp.RESHAPE, name + "/Reshape_1", List.of(value, heads));
    String normed = Norm.add(block, name + "/LayerNorm", apart, tensor, sizes.headSize());
    String joined = block.graph().longs("heads_joined", new long[] {3}, 0, 0, -1);
    return block.add(OnnxOp.RESHAPE, name + "/Reshape_2", List.of(normed, joined));
  }

  private String attend(String name, int index, List<String> projected) {
    Layer layer = architecture.layers().get(index);
    List<String> inputs = new ArrayList<>(projected);
    inputs.add("past_key_values." + index + ".key");
    inputs.add("past_key_values." + index + ".value");
    inputs.add(mask.lastKeys());
    inputs.add(mask.totalLength());
    List<OnnxAttribute> attributes = attributes(layer);
    if (layer.isRotated()) {
      RotaryEmbedding rotary = RotaryEmbedding.add(block, mask, architecture.ropeOf(layer));
      inputs.addAll(List.of(rotary.cosines(), rotary.sines()));
      if (!rotary.positions().isEmpty()) {
        inputs.add(rotary.positions());
      }
      attributes.add(OnnxAttribute.of("do_rotary", 1));
      attributes.add(OnnxAttribute.of("rotary_interleaved", 0));
    }
    String node = name + "/GroupQueryAttention";
    block
        .graph()
        .add(
            OnnxOp.GROUP_QUERY_ATTENTION,
            node,
            inputs,
            List.of(node + "/output_0", "present." + index + ".key", "present." + index + ".value"),
            attributes.toArray(OnnxAttribute[]::new));
    return node + "/output_0";
  }

  private List<OnnxAttribute> attributes(Layer layer) {
    List<OnnxAttribute> attributes = new ArrayList<>();
    attributes.add(OnnxAttribute.of("num_heads", sizes.heads()));
    attributes.add(OnnxAttribute.of("kv_num_heads", sizes.keyValueHeads()));
    attributes.add(OnnxAttribute.of("scale", architecture.scales().attention()));
    if (architecture.scales().attentionSoftCap() > 0) {
      attributes.add(OnnxAttribute.of("softcap", architecture.scales().attentionSoftCap()));
    }
    if (layer.window() > 0) {
      // onnxruntime 1.29 sees as many tokens as the models were trained with, 1.23 one more
      attributes.add(OnnxAttribute.of("local_window_size", layer.window()));
    }
    return attributes;
  }
}
