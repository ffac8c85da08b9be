package dev.slm.prepare;

import dev.slm.quantize.TensorReport;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a precision cost.
 *
 * @param baseline what it was compared with
 * @param measured in words: how much of which text
 * @param tokens predictions that count, 0 when the model was not run
 * @param perplexity of the quantized model; lower is better
 * @param referencePerplexity of the model that it was compared with, on the same text
 * @param klMean mean divergence from the other model, in nats per token
 * @param klP99 the divergence that 99 of 100 tokens stay below
 * @param agreement share of tokens at which both predict the same one
 * @param skipped why it was not compared with the unquantized weights, empty when it was
 */
public record QualityReport(
    Baseline baseline,
    String measured,
    int tokens,
    double perplexity,
    double referencePerplexity,
    double klMean,
    double klP99,
    double agreement,
    String skipped,
    List<TensorReport> weights) {

  /** In a manifest, the figure of a layer is called this and the layer's number. */
  public static final String LAYER_ERROR = "weight-error-layer-";

  private static final Pattern LAYER = Pattern.compile("/layers\\.(\\d+)/");

  public QualityReport {
    weights = List.copyOf(weights);
  }

  static QualityReport skipped(String reason, List<TensorReport> weights) {
    return new QualityReport(Baseline.WEIGHTS_ONLY, "", 0, 0, 0, 0, 0, 0, reason, weights);
  }

  static QualityReport of(
      Baseline baseline, String text, Divergence found, List<TensorReport> weights) {
    if (found.count() == 0) {
      return skipped("the text has no tokens that count", weights);
    }
    return new QualityReport(
        baseline,
        text,
        found.count(),
        found.perplexity(),
        found.referencePerplexity(),
        found.mean(),
        found.p99(),
        found.agreement(),
        "",
        weights);
  }

  QualityReport because(String reason) {
    return new QualityReport(
        baseline,
        measured,
        tokens,
        perplexity,
        referencePerplexity,
        klMean,
        klP99,
        agreement,
        reason,
        weights);
  }

  public boolean isMeasured() {
    return tokens > 0;
  }

  /** The lost part of all weights, by their number. */
  public double weightError() {
    return error(weights);
  }

  /** The lost part of each layer's weights, by the layer's number. */
  public Map<Integer, Double> layerErrors() {
    Map<Integer, List<TensorReport>> layers = new TreeMap<>();
    for (TensorReport weight : weights) {
      Matcher layer = LAYER.matcher(weight.node());
      if (layer.find()) {
        layers.computeIfAbsent(Integer.valueOf(layer.group(1)), _ -> new ArrayList<>()).add(weight);
      }
    }
    Map<Integer, Double> errors = new TreeMap<>();
    layers.forEach((layer, tensors) -> errors.put(layer, error(tensors)));
    return errors;
  }

  private static double error(List<TensorReport> weights) {
    double squares = 0;
    double count = 0;
    for (TensorReport weight : weights) {
      double values = (double) weight.rows() * weight.columns();
      squares += weight.relativeError() * weight.relativeError() * values;
      count += values;
    }
    return count == 0 ? 0 : Math.sqrt(squares / count);
  }

  /** As the manifest keeps it. */
  public Map<String, Double> forManifest() {
    Map<String, Double> values = new LinkedHashMap<>();
    if (isMeasured()) {
      values.put("tokens", (double) tokens);
      values.put("perplexity", rounded(perplexity));
    }
    if (baseline.compares()) {
      // figures against 8 bits must not be taken for those against the original
      String suffix = baseline == Baseline.UNQUANTIZED ? "" : "-to-" + baseline.id();
      values.put("perplexity-" + baseline.id(), rounded(referencePerplexity));
      values.put("kl-mean" + suffix, rounded(klMean));
      values.put("kl-p99" + suffix, rounded(klP99));
      values.put("top1-agreement" + suffix, rounded(agreement));
    }
    values.put("weight-error", rounded(weightError()));
    layerErrors().forEach((layer, error) -> values.put(LAYER_ERROR + layer, rounded(error)));
    values.values().removeIf(value -> !Double.isFinite(value)); // JSON has no NaN
    return values;
  }

  private static double rounded(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(5)).doubleValue()
        : value;
  }
}
