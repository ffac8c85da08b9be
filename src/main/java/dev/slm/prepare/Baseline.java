package dev.slm.prepare;

import dev.slm.model.Precision;
import dev.slm.quantize.WeightOptions;
import java.util.Optional;

/** What a result is compared with; the first one that the machine has room for is taken. */
public enum Baseline {
  /** The weights as they are. */
  UNQUANTIZED("unquantized"),

  /** Weights of 8 bits: a fifth of the memory, and next to the original beside 4 bits. */
  EIGHT_BITS("int8"),

  /** Nothing: how well the result itself foretells the texts. */
  NOTHING(""),

  /** The model is not run: only the error of each weight is known. */
  WEIGHTS_ONLY("");

  private static final int SMALL_BLOCKS = 32;

  private final String id;

  Baseline(String id) {
    this.id = id;
  }

  /** As names of figures end. */
  String id() {
    return id;
  }

  /** How to make the model that is compared with; empty where there is none. */
  Optional<WeightOptions> options() {
    return switch (this) {
      case UNQUANTIZED -> Optional.of(WeightOptions.of(Precision.FP32));
      case EIGHT_BITS ->
          Optional.of(WeightOptions.of(Precision.INT8).withBlocks(SMALL_BLOCKS, false));
      case NOTHING, WEIGHTS_ONLY -> Optional.empty();
    };
  }

  /** Whether it tells anything about a result of such a precision. */
  boolean isFitFor(Precision precision) {
    return this != EIGHT_BITS || precision == Precision.INT4;
  }

  /** Whether the result is compared with another model. */
  public boolean compares() {
    return options().isPresent();
  }
}
