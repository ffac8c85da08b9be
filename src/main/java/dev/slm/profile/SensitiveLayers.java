package dev.slm.profile;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The layers in which errors matter most: the first and the last eighth, and every third one
 * between them. The choice of llama.cpp's k-quant mixes, which the onnxruntime-genai model builder
 * took over ({@code k_quant_mixed}).
 */
public final class SensitiveLayers {
  /** What stands for their numbers in a pattern. */
  public static final String PLACEHOLDER = "{sensitive}";

  private SensitiveLayers() {}

  /** Patterns with the numbers in place of the placeholder. */
  public static List<String> expand(List<String> patterns, int layers) {
    return patterns.stream()
        .flatMap(
            pattern ->
                pattern.contains(PLACEHOLDER)
                    ? of(layers).mapToObj(i -> pattern.replace(PLACEHOLDER, "" + i))
                    : Stream.of(pattern))
        .toList();
  }

  /** Their numbers in a model of so many layers. */
  static IntStream of(int layers) {
    double eighth = layers / 8.0;
    long first = Math.round(eighth);
    return IntStream.range(0, layers)
        .filter(i -> i < eighth || i >= 7 * eighth || (i - first) % 3 == 2);
  }
}
