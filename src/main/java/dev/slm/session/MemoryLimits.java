package dev.slm.session;

import dev.slm.base.Machine;
import java.time.Duration;

/**
 * How much may be in memory.
 *
 * @param bytes of all models together
 * @param keepAlive how long a model stays after its last use; negative is for ever
 */
public record MemoryLimits(long bytes, int models, Duration keepAlive) {
  private static final int MOST_MODELS = 16;

  /** Three quarters of the machine's memory, models staying for ever. */
  public static MemoryLimits ofMachine() {
    long known = Machine.totalMemory();
    long total = known > 0 ? known : Long.MAX_VALUE;
    return new MemoryLimits(total / 4 * 3, MOST_MODELS, LoadRequest.FOR_EVER);
  }

  public MemoryLimits withKeepAlive(Duration time) {
    return new MemoryLimits(bytes, models, time);
  }
}
