package dev.slm.prepare;

import dev.slm.convert.Converter;
import dev.slm.model.Manifest;
import dev.slm.quantize.WeightOptions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a model comes from and how it was made, as its manifest says it. */
final class Provenance {
  private Provenance() {}

  static Manifest manifest(
      QuantizeRequest request,
      Converter.Converted converted,
      QualityReport quality,
      String toolVersion) {
    Checkpoint source = request.source();
    return new Manifest(
        Manifest.FORMAT,
        request.name(),
        source.alias(),
        Manifest.Kind.MODEL,
        request.options().precision(),
        converted.family(),
        converted.parameters(),
        converted.contextLength(),
        new Manifest.Source(source.repository(), source.commit()),
        request.recipe(),
        options(request.options(), quality),
        source.licence(),
        toolVersion,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        quality.forManifest(),
        List.of());
  }

  private static Map<String, String> options(WeightOptions options, QualityReport quality) {
    Map<String, String> named = options(options);
    if (quality.isMeasured()) {
      named.put("measured-on", quality.measured());
    }
    return named;
  }

  /** Every option by the name that people type. */
  private static Map<String, String> options(WeightOptions options) {
    Map<String, String> named = new LinkedHashMap<>();
    named.put("precision", options.precision().id());
    named.put("block-size", Integer.toString(options.blockSize()));
    named.put("symmetric", Boolean.toString(options.symmetric()));
    named.put("algorithm", options.algorithm().id());
    named.put("accuracy-level", Integer.toString(options.accuracyLevel()));
    named.put("lm-head", options.head().id());
    named.put("embedding", options.embedding().id());
    if (!options.exclude().isEmpty()) {
      named.put("exclude", String.join(" ", options.exclude()));
    }
    if (!options.int8().isEmpty()) {
      named.put("int8", String.join(" ", options.int8()));
    }
    return named;
  }
}
