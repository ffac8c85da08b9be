package dev.slm.engine.check;

import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.engine.LoadSettings;

/**
 * Whether a model and its conversation fit the memory, decided before anything is loaded.
 *
 * @param needed bytes of weights, work space and the whole context
 * @param available bytes that may be taken
 * @param contextLength tokens of context that fit; less than the model's own only when nobody asked
 *     for a length
 */
public record MemoryPlan(long needed, long available, int contextLength) {
  /** The runtime packs weights anew: measured 1.0 to 1.1 of their size. */
  private static final double PACKED = 1.1;

  /** Native libraries, activations of a prefill chunk and our own heap. */
  private static final long WORK_SPACE = 160_000_000;

  /** A conversation below this length is of no use. */
  private static final int LEAST_CONTEXT = 512;

  /** Bytes that weights of this size take before anything is said. */
  public static long least(long weightBytes) {
    return (long) (weightBytes * PACKED) + WORK_SPACE;
  }

  /** Plans a load, or refuses it with what would fit. */
  public static MemoryPlan of(ModelCheck model, LoadSettings settings) {
    long available = settings.memory() > 0 ? settings.memory() : Machine.here().availableMemory();
    long weights = least(model.weightBytes());
    int wanted =
        settings.maxContext() > 0
            ? Math.min(settings.maxContext(), model.config().contextLength())
            : model.config().contextLength();
    long fitting = Math.max(0, available - weights) / model.bytesPerToken();
    long needed = weights + wanted * model.bytesPerToken();
    if (fitting >= wanted) {
      return new MemoryPlan(needed, available, wanted);
    }
    int rounded = (int) Math.min(fitting, Integer.MAX_VALUE) / LEAST_CONTEXT * LEAST_CONTEXT;
    if (rounded < LEAST_CONTEXT) {
      String other = model.isInt4() ? "a smaller model" : "its int4 variant or a smaller model";
      long least = Math.min(needed, weights + LEAST_CONTEXT * model.bytesPerToken());
      throw refusal(model, least, available, other + " may fit").next("model list");
    }
    if (settings.maxContext() > 0) {
      throw refusal(model, needed, available, "it fits with " + rounded + " tokens")
          .next("model load NAME --context-length " + rounded);
    }
    return new MemoryPlan(weights + rounded * model.bytesPerToken(), available, rounded);
  }

  private static Problem refusal(
      ModelCheck model, long needed, long available, String alternative) {
    return Problem.failed("'%s' needs %s of memory".formatted(model.folder(), Units.bytes(needed)))
        .why(Units.bytes(available) + " is available; " + alternative);
  }
}
