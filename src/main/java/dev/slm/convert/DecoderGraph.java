package dev.slm.convert;

import dev.slm.convert.Architecture.Scales;
import dev.slm.convert.Architecture.Sizes;
import dev.slm.format.OnnxDimension;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import dev.slm.format.WeightMatrix;
import dev.slm.profile.Family;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole model: embedding, layers of attention and feed-forward blocks with norms between them,
 * head. Inputs and outputs have the names and shapes that onnxruntime-genai expects.
 */
final class DecoderGraph {
  private static final OnnxDimension BATCH = OnnxDimension.of("batch_size");
  private static final OnnxDimension LENGTH = OnnxDimension.of("sequence_length");
  private static final OnnxDimension TOTAL = OnnxDimension.of("total_sequence_length");
  private static final OnnxDimension PAST = OnnxDimension.of("past_sequence_length");

  private final GraphBlock block;
  private final Sizes sizes;
  private final Scales scales;
  private final Family.Tensors tensors;
  private final int layers;

  DecoderGraph(GraphBlock block) {
    this.block = block;
    this.sizes = block.architecture().sizes();
    this.scales = block.architecture().scales();
    this.tensors = block.architecture().family().tensors();
    this.layers = block.architecture().layers().size();
  }

  /** Adds everything to the graph. */
  void add() {
    declare();
    AttentionMask mask = AttentionMask.add(block, "attention_mask");
    WeightMatrix table =
        block.weights().matrix(tensors.embedding(), sizes.vocabulary(), sizes.hidden());
    String embedded =
        block.encoder().gather(block.graph(), "/model/embed_tokens/Gather", table, "input_ids");
    String scaled = block.scale("/model/embed_tokens/Mul", embedded, scales.embedding());
    String normed = layers(mask, scaled);
    head(table, lastOnly(mask, normed));
  }

  private void declare() {
    block.graph().input("input_ids", OnnxType.INT64, BATCH, LENGTH);
    block.graph().input("attention_mask", OnnxType.INT64, BATCH, TOTAL);
    OnnxDimension heads = OnnxDimension.of(sizes.keyValueHeads());
    OnnxDimension headSize = OnnxDimension.of(sizes.headSize());
    block
        .graph()
        .output("logits", OnnxType.FLOAT, BATCH, OnnxDimension.of("logits_length"), vocabulary());
    for (int layer = 0; layer < layers; layer++) {
      for (String part : List.of("key", "value")) {
        String past = "past_key_values." + layer + "." + part;
        block.graph().input(past, OnnxType.FLOAT, BATCH, heads, PAST, headSize);
        String present = "present." + layer + "." + part;
        block.graph().output(present, OnnxType.FLOAT, BATCH, heads, TOTAL, headSize);
      }
    }
  }

  private OnnxDimension vocabulary() {
    return OnnxDimension.of(sizes.vocabulary());
  }

  /** The value before the head. */
  private String layers(AttentionMask mask, String embedded) {
    Attention attention = new Attention(block, mask);
    FeedForward feedForward = new FeedForward(block);
    String sum = embedded;
    String first = "/model/layers.0/input_layernorm/LayerNorm";
    String normed =
        Norm.add(block, first, sum, GraphBlock.inLayer(tensors.attentionNorm(), 0), sizes.hidden());
    for (int layer = 0; layer < layers; layer++) {
      String name = "/model/layers." + layer;
      String attended =
          finish(
              name,
              layer,
              "post_attention",
              attention.add(layer, normed),
              tensors.attentionOutputNorm());
      Norm.Skipped middle =
          Norm.addSkip(
              block,
              name + "/feed_forward_layernorm/SkipLayerNorm",
              sum,
              attended,
              GraphBlock.inLayer(tensors.feedForwardNorm(), layer),
              false);
      String fed =
          finish(
              name,
              layer,
              "post_feedforward",
              feedForward.add(layer, middle.normed()),
              tensors.feedForwardOutputNorm());
      boolean isLast = layer == layers - 1;
      Norm.Skipped next =
          Norm.addSkip(
              block,
              isLast
                  ? name + "/final_norm_layernorm/SkipLayerNorm"
                  : "/model/layers." + (layer + 1) + "/input_layernorm/SkipLayerNorm",
              middle.sum(),
              fed,
              isLast ? tensors.finalNorm() : GraphBlock.inLayer(tensors.attentionNorm(), layer + 1),
              isLast);
      sum = next.sum();
      normed = next.normed();
    }
    return normed;
  }

  /**
   * What happens to a block's value before it is added to the sum: a norm, a factor, or nothing.
   */
  private String finish(
      String name, int layer, String what, String value, @Nullable String normTensor) {
    String normed = value;
    if (normTensor != null) {
      String tensor = GraphBlock.inLayer(normTensor, layer);
      String node = name + "/" + what + "_layernorm/LayerNorm";
      normed = Norm.add(block, node, value, tensor, sizes.hidden());
    }
    return block.scale(name + "/" + what + "/Mul", normed, scales.residual());
  }

  private String lastOnly(AttentionMask mask, String hidden) {
    String end = block.graph().longs("end", new long[] {1}, Long.MAX_VALUE);
    String axis = block.graph().longs("one", new long[] {1}, 1);
    return block.add(
        OnnxOp.SLICE, "/model/last_only/Slice", List.of(hidden, mask.firstLogits(), end, axis));
  }

  private void head(WeightMatrix table, String hidden) {
    boolean isTied = block.architecture().isTied();
    WeightMatrix weight =
        isTied ? table : block.weights().matrix(tensors.head(), sizes.vocabulary(), sizes.hidden());
    block.progress().checkCancelled();
    String logits = block.encoder().head(block.graph(), "/lm_head/MatMul", weight, hidden, isTied);
    logits = block.scale("/lm_head/Mul", logits, scales.logits());
    logits = block.softCap("/lm_head/soft_cap", logits, scales.logitsSoftCap());
    block.graph().add(OnnxOp.IDENTITY, "/lm_head/Identity", List.of(logits), List.of("logits"));
  }
}
