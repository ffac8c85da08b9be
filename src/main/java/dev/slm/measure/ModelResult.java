package dev.slm.measure;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What was measured of one model.
 *
 * @param failure why it could not be measured, empty when it was
 * @param loadSeconds 0 when it was not loaded here
 * @param diskBytes 0 when unknown
 * @param peakBytes most resident memory of the whole process from before loading on, 0 when unknown
 */
public record ModelResult(
    String model,
    String failure,
    double loadSeconds,
    long diskBytes,
    long peakBytes,
    List<Sample> samples) {
  public ModelResult {
    samples = List.copyOf(samples);
  }

  static ModelResult failed(String model, String reason) {
    return new ModelResult(model, reason, 0, 0, 0, List.of());
  }

  public boolean isGood() {
    return failure.isEmpty();
  }

  /** Seconds of whole answers. */
  public Figures latency() {
    return figures(Sample::seconds);
  }

  /** Seconds to first tokens, empty when they are not known. */
  public Figures firstToken() {
    return figures(Sample::firstTokenSeconds);
  }

  public Figures promptRate() {
    return figures(Sample::promptRate);
  }

  public Figures answerRate() {
    return figures(Sample::answerRate);
  }

  /** The workshop's tokens per second. */
  public Figures workshopRate() {
    return figures(Sample::workshopRate);
  }

  private Figures figures(ToDoubleFunction<Sample> value) {
    return Figures.of(samples.stream().mapToDouble(value).filter(it -> it > 0).boxed().toList());
  }

  /** What it said to the first prompt, on one line. */
  public String sampleAnswer() {
    return samples.isEmpty() ? "" : samples.getFirst().answer().strip().replaceAll("\\s+", " ");
  }
}
