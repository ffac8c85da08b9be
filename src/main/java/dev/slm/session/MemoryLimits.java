package dev.slm.session;

import dev.slm.base.Machine;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much may be in memory.
 *
 * @param bytes of all models together
 * @param keepAlive how long a model stays after its last use; negative is for ever
 * @param free bytes that the machine has left now
 */
public record MemoryLimits(long bytes, int models, Duration keepAlive, LongSupplier free) {
  private static final int MOST_MODELS = 16;

  /** Limits on a machine that always has enough. */
  public MemoryLimits(long bytes, int models, Duration keepAlive) {
    this(bytes, models, keepAlive, () -> Long.MAX_VALUE / 2);
  }

  /** Three quarters of the machine's memory, models staying for ever. */
  public static MemoryLimits ofMachine() {
    long total = known(Machine.totalMemory());
    return new MemoryLimits(
        total / 4 * 3,
        MOST_MODELS,
        LoadRequest.FOR_EVER,
        () -> known(Machine.here().availableMemory()));
  }

  private static long known(long bytes) {
    return bytes > 0 ? bytes : Long.MAX_VALUE / 2;
  }

  public MemoryLimits withKeepAlive(Duration time) {
    return new MemoryLimits(bytes, models, time, free);
  }
}
