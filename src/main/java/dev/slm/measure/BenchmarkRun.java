package dev.slm.measure;

import java.time.Instant;
import java.util.List;

/**
 * A benchmark that has run.
 *
 * @param place {@code this machine} or the endpoint
 * @param machine what it ran on, in words
 */
public record BenchmarkRun(
    Instant started,
    String place,
    String machine,
    String version,
    BenchmarkSettings settings,
    List<ModelResult> results) {
  public BenchmarkRun {
    results = List.copyOf(results);
  }

  public boolean hasFailures() {
    return results.stream().anyMatch(result -> !result.isGood());
  }
}
