package dev.slm.bench;

import java.util.Arrays;
import java.util.stream.IntStream;

/** How fast all processors together read memory: the limit of decoding. */
final class Bandwidth {
  private static final int LONGS = 1 << 25;
  private static final int REPEATS = 9;

  private Bandwidth() {}

  static double gigabytesPerSecond() {
    int threads = Runtime.getRuntime().availableProcessors();
    long[][] arrays = new long[threads][LONGS / threads];
    for (long[] array : arrays) {
      Arrays.fill(array, 3);
    }
    double[] rates = new double[REPEATS];
    for (int i = 0; i < REPEATS; i++) {
      long start = System.nanoTime();
      long sum = IntStream.range(0, threads).parallel().mapToLong(t -> sum(arrays[t])).sum();
      double seconds = (System.nanoTime() - start) / 1e9;
      rates[i] = sum == 0 ? 0 : (double) LONGS * Long.BYTES / seconds / 1e9;
    }
    Arrays.sort(rates);
    return rates[REPEATS / 2];
  }

  private static long sum(long[] array) {
    long sum = 0;
    for (long value : array) {
      sum += value;
    }
    return sum;
  }
}
