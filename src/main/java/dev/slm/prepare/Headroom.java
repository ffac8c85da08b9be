package dev.slm.prepare;

import dev.slm.base.Units;
import dev.slm.model.Precision;
import dev.slm.quantize.WeightOptions;
import java.util.function.ToLongFunction;

/**
 * What comparisons take, of what the machine has.
 *
 * @param precision of the result
 * @param forecast bytes of the checkpoint's weights as options would store them
 * @param result bytes of the result
 */
record Headroom(
    Precision precision,
    ToLongFunction<WeightOptions> forecast,
    long result,
    long diskFree,
    long memoryFree) {

  /** The program itself, its buffers and the code of the runtime; measured with 0.5B and 7B. */
  static final long CONVERSION_MEMORY = 400L << 20;

  /** Weights mapped from the file, and the same again as the runtime packs them. */
  private static final int COPIES_IN_MEMORY = 2;

  /** What the rest of the machine must keep. */
  private static final double MOST_MEMORY_SHARE = 0.8;

  /** The two models run one after the other. */
  long memory(Baseline baseline) {
    if (baseline == Baseline.WEIGHTS_ONLY) {
      return CONVERSION_MEMORY;
    }
    return Math.max(reference(baseline), widened()) * COPIES_IN_MEMORY + CONVERSION_MEMORY;
  }

  /** Processors widen 16-bit weights when they load them. */
  private long widened() {
    return precision == Precision.FP16 ? 2 * result : result;
  }

  private long reference(Baseline baseline) {
    return baseline.options().map(forecast::applyAsLong).orElse(0L);
  }

  long disk(Baseline baseline) {
    if (!baseline.compares()) {
      return result;
    }
    boolean isItself = baseline == Baseline.UNQUANTIZED && precision == Precision.FP32;
    return result + (isItself ? 0 : reference(baseline)) + QualityCheck.MOST_ROW_BYTES;
  }

  /** Why there is no room, empty when there is. */
  String lackFor(Baseline baseline) {
    if (baseline != Baseline.WEIGHTS_ONLY && memory(baseline) > memoryFree * MOST_MEMORY_SHARE) {
      return "running the unquantized weights takes about "
          + Units.bytes(memory(baseline))
          + " of memory, "
          + Units.bytes(memoryFree)
          + " are available";
    }
    if (baseline.compares() && disk(baseline) > diskFree) {
      return "the unquantized weights take "
          + Units.bytes(disk(baseline))
          + " of disk for a while, "
          + Units.bytes(diskFree)
          + " are free";
    }
    return "";
  }
}
