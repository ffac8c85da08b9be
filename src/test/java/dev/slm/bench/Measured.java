package dev.slm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One run of one program.
 *
 * @param loadSeconds from the first call of the engine to a model that takes prompts: native
 *     library, files, and all that it does once
 * @param againSeconds the same for a second load in the same process, beside the first one
 * @param firstSeconds from the first moment to the first token of an answer to one token
 * @param prefill prompt tokens per second
 * @param decode answer tokens per second
 * @param peakMib most memory that the process held
 */
record Measured(
    double loadSeconds,
    double againSeconds,
    double firstSeconds,
    double prefill,
    double decode,
    double peakMib) {
  static final int PROMPT = 512;
  static final int ANSWER = 97;

  private static final long PAUSE_MILLIS = 2000;

  /** Somebody types a question: what an engine does meanwhile is not part of any figure. */
  static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%.3f %.3f %.3f %.2f %.2f %.0f",
        loadSeconds,
        againSeconds,
        firstSeconds,
        prefill,
        decode,
        peakMib);
  }

  static Measured parse(String line) {
    double[] values =
        Arrays.stream(line.strip().split(" ")).mapToDouble(Double::parseDouble).toArray();
    return new Measured(values[0], values[1], values[2], values[3], values[4], values[5]);
  }

  /** How many times as much as the other one. */
  Measured dividedBy(Measured other) {
    return new Measured(
        loadSeconds / other.loadSeconds,
        againSeconds / other.againSeconds,
        firstSeconds / other.firstSeconds,
        prefill / other.prefill,
        decode / other.decode,
        peakMib / other.peakMib);
  }

  static Measured median(List<Measured> runs) {
    return new Measured(
        median(runs.stream().mapToDouble(Measured::loadSeconds).toArray()),
        median(runs.stream().mapToDouble(Measured::againSeconds).toArray()),
        median(runs.stream().mapToDouble(Measured::firstSeconds).toArray()),
        median(runs.stream().mapToDouble(Measured::prefill).toArray()),
        median(runs.stream().mapToDouble(Measured::decode).toArray()),
        median(runs.stream().mapToDouble(Measured::peakMib).toArray()));
  }

  /** Most resident memory of this process so far, as Linux counts it. */
  static double peakOfThisProcess() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
        .sum();
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
