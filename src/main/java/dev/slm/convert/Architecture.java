package dev.slm.convert;

import dev.slm.profile.Family;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's configuration says, resolved for its family: everything that shapes the graph
 * but the weights.
 *
 * @param contextLength most tokens of a conversation
 * @param localRope what rotates layers that look back a window, null for the same as all
 */
public record Architecture(
    Family family,
    Sizes sizes,
    Scales scales,
    Tokens tokens,
    Activation activation,
    float normEpsilon,
    boolean isTied,
    int contextLength,
    Rope rope,
    @Nullable Rope localRope,
    List<Layer> layers) {

  /** The lengths of a model's vectors. */
  public record Sizes(
      int vocabulary, int hidden, int intermediate, int heads, int keyValueHeads, int headSize) {
    int query() {
      return heads * headSize;
    }

    int keyValue() {
      return keyValueHeads * headSize;
    }
  }

  /** Factors that values are multiplied by, and bounds of which 0 means none. */
  record Scales(
      float embedding,
      float attention,
      float residual,
      float logits,
      float attentionSoftCap,
      float logitsSoftCap) {}

  /** Ids with a meaning; negative for none. */
  record Tokens(int begin, List<Integer> end, int padding) {
    Tokens {
      end = List.copyOf(end);
    }
  }

  /** The function between the matrices of a feed-forward block. */
  enum Activation {
    SILU,
    GELU,
    GELU_TANH
  }

  /**
   * What sets one layer apart from others.
   *
   * @param window tokens that it looks back on, itself included; 0 for all
   * @param isRotated whether positions matter to it
   */
  record Layer(int window, boolean isRotated) {}

  public Architecture {
    layers = List.copyOf(layers);
  }

  /** Whether positions turn values otherwise once a conversation is long. */
  boolean hasLongRotations() {
    return rope.shortLength() < contextLength;
  }

  /** What the tables of cosines and sines take in a result, in fp32. */
  public long rotationBytes() {
    return Stream.concat(Stream.of(rope), Stream.ofNullable(localRope))
        .distinct()
        .mapToLong(it -> 2L * it.rows(contextLength) * it.columns() * Float.BYTES)
        .sum();
  }

  Rope ropeOf(Layer layer) {
    return layer.window() > 0 && localRope != null ? localRope : rope;
  }
}
