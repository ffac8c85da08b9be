package dev.slm.profile;

/**
 * The sizes of a decoder, from which memory needs follow.
 *
 * @param headSize numbers per attention head
 * @param tied whether embedding and output head are one tensor
 */
public record Architecture(
    int layers,
    int hiddenSize,
    int intermediateSize,
    int heads,
    int keyValueHeads,
    int headSize,
    int vocabularySize,
    boolean tied) {

  /** Keys and values are kept as 32-bit floats by models for the processor. */
  private static final int CACHE_BYTES_PER_NUMBER = 4;

  private static final int LARGEST = 10_000_000;

  static Architecture read(Fields fields) {
    Architecture architecture =
        new Architecture(
            fields.integer("layers", 1, 1000),
            fields.integer("hiddenSize", 1, LARGEST),
            fields.integer("intermediateSize", 1, LARGEST),
            fields.integer("heads", 1, 10_000),
            fields.integer("keyValueHeads", 1, 10_000),
            fields.integer("headSize", 1, 10_000),
            fields.integer("vocabularySize", 1, LARGEST),
            fields.flag("tied"));
    if (architecture.heads % architecture.keyValueHeads != 0) {
      fields.mistake(
          "keyValueHeads", "" + architecture.keyValueHeads, "a divisor of " + architecture.heads);
    }
    fields.end();
    return architecture;
  }

  /** Weights of the matrices; norms and biases are less than a thousandth. */
  public long matrixWeights() {
    long attention = 2L * hiddenSize * headSize * (heads + keyValueHeads);
    long feedForward = 3L * hiddenSize * intermediateSize;
    return layers * (attention + feedForward) + embeddingWeights() * (tied ? 1 : 2);
  }

  /** Bytes of the keys and values of so many tokens. */
  public long cacheBytes(int tokens) {
    return 2L * layers * keyValueHeads * headSize * CACHE_BYTES_PER_NUMBER * tokens;
  }

  /** Bytes of the weights as a recipe stores them; a tied embedding is stored as the head is. */
  public long weightBytes(long parameters, Recipe recipe) {
    long head = embeddingWeights();
    double bits = (parameters - head) * recipe.bitsPerWeight() + head * recipe.bitsPerHeadWeight();
    return (long) (bits / 8) + eightBitWeights(recipe) / 2; // 8 bits instead of 4
  }

  /** Weights that a mixed recipe raises from 4 to 8 bits. */
  private long eightBitWeights(Recipe recipe) {
    long qkv = (long) hiddenSize * headSize * (heads + 2L * keyValueHeads);
    long down = (long) hiddenSize * intermediateSize;
    long weights = 0;
    for (String pattern : SensitiveLayers.expand(recipe.int8(), layers)) {
      weights += pattern.contains("/qkv_proj/") ? qkv : 0;
      weights += pattern.contains("/down_proj/") ? down : 0;
    }
    return weights;
  }

  private long embeddingWeights() {
    return (long) vocabularySize * hiddenSize;
  }
}
