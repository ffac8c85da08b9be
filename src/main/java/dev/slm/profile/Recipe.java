package dev.slm.profile;

import dev.slm.model.Precision;
import java.util.List;
import java.util.Optional;

/**
 * How to store a model's weights.
 *
 * @param source where the choice comes from
 * @param blockSize weights that share a scale, 0 where weights have none
 * @param symmetric whether blocks have a scale only, and no zero point
 * @param accuracyLevel how the runtime computes: 0 with 32-bit floats, 4 with 8-bit integers
 * @param head precision of the output head where it is not that of the rest
 * @param exclude patterns of weights to leave in 32 bits
 * @param int8 patterns of weights that take 8 bits when the rest takes 4
 */
public record Recipe(
    String name,
    String description,
    String source,
    Precision precision,
    int blockSize,
    boolean symmetric,
    Algorithm algorithm,
    int accuracyLevel,
    Optional<Precision> head,
    List<String> exclude,
    List<String> int8) {

  /** How a block's scale is found. */
  public enum Algorithm {
    /** round to the nearest step of the largest weight */
    RTN,
    /** search the scale and minimum with the least error */
    K_QUANT,
    /** weights are stored as they are, or as 16-bit floats */
    NONE
  }

  private static final List<Integer> BLOCK_SIZES = List.of(16, 32, 64, 128, 256);
  private static final List<Integer> ACCURACY_LEVELS = List.of(0, 1, 2, 3, 4);

  public Recipe {
    exclude = List.copyOf(exclude);
    int8 = List.copyOf(int8);
  }

  /** Bits that one weight takes with its share of scale and zero point. */
  public double bitsPerWeight() {
    return bits(precision);
  }

  /** Bits that one weight of the output head takes. */
  public double bitsPerHeadWeight() {
    return bits(head.orElse(precision));
  }

  /** Scales are 32-bit floats; zero points take as many bits as weights. */
  private double bits(Precision of) {
    return switch (of) {
      case FP32 -> 32;
      case FP16 -> 16;
      case INT8 -> 8 + perBlock(8);
      case INT4 -> 4 + perBlock(4);
    };
  }

  private double perBlock(int zeroPointBits) {
    return blockSize == 0 ? 0 : (32.0 + (symmetric ? 0 : zeroPointBits)) / blockSize;
  }

  static Recipe read(Fields fields) {
    Precision precision = fields.choice("precision", Precision.class);
    boolean isBlockwise = precision == Precision.INT4 || precision == Precision.INT8;
    return new Recipe(
        fields.text("name"),
        fields.text("description"),
        fields.text("source"),
        precision,
        isBlockwise ? fields.oneOf("blockSize", BLOCK_SIZES) : 0,
        !isBlockwise || fields.flag("symmetric"),
        isBlockwise ? fields.choice("algorithm", Algorithm.class) : Algorithm.NONE,
        isBlockwise ? fields.oneOf("accuracyLevel", ACCURACY_LEVELS) : 0,
        fields.has("head") ? Optional.of(fields.choice("head", Precision.class)) : Optional.empty(),
        fields.has("exclude") ? fields.texts("exclude") : List.of(),
        fields.has("int8") ? fields.texts("int8") : List.of());
  }
}
