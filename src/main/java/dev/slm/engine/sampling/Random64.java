package dev.slm.engine.sampling;

/**
 * The SplitMix64 generator (Steele, Lea, Flood 2014). Our own, so that a seed gives the same text
 * on every Java release.
 */
final class Random64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private long state;

  Random64(long seed) {
    state = seed;
  }

  /** The next number, at least 0 and below 1. */
  double next() {
    state += GOLDEN_GAMMA;
    long mixed = state;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return ((mixed ^ (mixed >>> 31)) >>> 11) * UNIT;
  }
}
