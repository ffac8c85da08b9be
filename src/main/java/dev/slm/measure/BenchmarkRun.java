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

  /** Whether a person ended it before every model had given all its answers. */
  public boolean isCut() {
    return results.size() < settings.models().size() || results.stream().anyMatch(this::isCut);
  }

  /** Whether a model gave answers, but not all. */
  public boolean isCut(ModelResult result) {
    return result.isGood() && result.samples().size() < planned();
  }

  /** How it went with a model, in a few words. */
  public String status(ModelResult result) {
    if (!result.isGood()) {
      return "failed: " + result.failure();
    }
    return isCut(result)
        ? "ended after %d of %d answers".formatted(result.samples().size(), planned())
        : "ok";
  }

  private int planned() {
    return settings.rounds() * settings.prompts().size();
  }
}
