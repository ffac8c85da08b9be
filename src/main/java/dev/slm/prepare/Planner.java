package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Json;
import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.convert.Architecture;
import dev.slm.convert.Converter;
import dev.slm.format.Safetensors;
import dev.slm.format.Shown;
import dev.slm.profile.Family;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.WeightOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;
import tools.jackson.databind.JsonNode;

/** Looks at a checkpoint's headers and at the machine, and says what a quantization will take. */
final class Planner {
  private static final long MOST_CONFIG = 1 << 20;

  /**
   * Bytes of a checkpoint per second on two cores, measured; the search does far more per weight.
   */
  private static final long PLAIN_RATE = 200_000_000;

  private static final long SEARCH_RATE = 12_000_000;

  /**
   * Parameters times tokens per second when the unquantized model is run; measured on two cores.
   */
  private static final double RUN_RATE = 4e10;

  private final QuantizeRequest request;
  private final Architecture architecture;
  private final Path place;
  private final Machine machine;

  private Planner(QuantizeRequest request, Architecture architecture, Path place, Machine machine) {
    this.machine = machine;
    this.request = request;
    this.architecture = architecture;
    this.place = place;
  }

  /**
   * Plans a request.
   *
   * @param place the folder that the result will be below; it need not exist
   */
  static Plan plan(QuantizeRequest request, List<Family> families, Path place, Machine machine) {
    Path checkpoint = request.source().folder();
    Family family = Converter.familyOf(checkpoint, families);
    Architecture architecture = Converter.architecture(checkpoint, family);
    try (Safetensors weights = Converter.weights(checkpoint, family)) {
      Converter.check(checkpoint, architecture, weights);
      return new Planner(request, architecture, place, machine).plan(weights);
    }
  }

  private Plan plan(Safetensors weights) {
    WeightOptions options = request.options();
    long result =
        SizeForecast.bytes(weights, architecture, options) + otherFiles(request.source().folder());
    long diskFree = machine.freeDisk().applyAsLong(place);
    long memoryFree = machine.availableMemory();
    Headroom room =
        new Headroom(
            request.options().precision(), forecast(weights), result, diskFree, memoryFree);
    QualityPlan quality = quality(room, weights.parameters());
    Plan plan =
        new Plan(
            request,
            architecture.family().name(),
            weights.parameters(),
            place,
            weights.bytes(),
            result,
            room.disk(quality.baseline()),
            diskFree,
            room.memory(quality.baseline()),
            memoryFree,
            time(weights, quality),
            notes(options, weights),
            quality);
    refuseImpossible(plan);
    return plan;
  }

  private ToLongFunction<WeightOptions> forecast(Safetensors weights) {
    return options -> SizeForecast.bytes(weights, architecture, options);
  }

  /** The most telling comparison that there is room for. */
  private QualityPlan quality(Headroom room, long parameters) {
    int tokens = QualityPlan.tokensFor(parameters);
    if (!request.measures()) {
      return new QualityPlan(Baseline.WEIGHTS_ONLY, "it was switched off", tokens);
    }
    String reason = room.lackFor(Baseline.UNQUANTIZED);
    return Arrays.stream(Baseline.values())
        .filter(baseline -> baseline.isFitFor(request.options().precision()))
        .filter(baseline -> room.lackFor(baseline).isEmpty())
        .findFirst()
        .map(baseline -> new QualityPlan(baseline, reason, tokens))
        .orElseGet(() -> new QualityPlan(Baseline.WEIGHTS_ONLY, reason, tokens));
  }

  private void refuseImpossible(Plan plan) {
    if (plan.diskNeeded() > plan.diskFree()) {
      throw Problem.of(
              Problem.Status.CANNOT_WRITE,
              "'" + request.name() + "' needs " + Units.bytes(plan.diskNeeded()) + " of disk")
          .why(Units.bytes(plan.diskFree()) + " are free at '" + place + "'")
          .next("cache prune, or --output DIR on another disk");
    }
    if (plan.memoryFree() > 0 && plan.memoryNeeded() > plan.memoryFree()) {
      throw Problem.failed(
              "'" + request.name() + "' needs " + Units.bytes(plan.memoryNeeded()) + " of memory")
          .why(Units.bytes(plan.memoryFree()) + " are available");
    }
    if (request.limits().exist() && !plan.quality().baseline().compares()) {
      throw Problem.usage("the quality cannot be measured, so that no limit can be checked")
          .why(plan.quality().reason())
          .next("leave --max-kl and --min-agreement out");
    }
  }

  private Duration time(Safetensors weights, QualityPlan quality) {
    boolean searches = request.options().algorithm() == Algorithm.K_QUANT;
    double seconds = (double) weights.bytes() / (searches ? SEARCH_RATE : PLAIN_RATE);
    if (quality.baseline() != Baseline.WEIGHTS_ONLY) {
      int runs = quality.baseline().compares() ? 2 : 1;
      seconds += (double) weights.bytes() / PLAIN_RATE * runs;
      seconds += (double) runs * weights.parameters() * quality.mostTokens() / RUN_RATE;
    }
    return Duration.ofSeconds(Math.max(1, Math.round(seconds)));
  }

  private List<String> notes(WeightOptions options, Safetensors weights) {
    List<String> notes = new ArrayList<>();
    if (weights.leftOutBytes() > 0) {
      notes.add(
          Units.bytes(weights.leftOutBytes())
              + " of weights for images are left out: the result reads and writes text only");
    }
    if (namesCode()) {
      notes.add(
          "the checkpoint names code of its own (auto_map): it is never fetched and never run");
    }
    for (String pattern : SizeForecast.unmatched(weights, architecture, options)) {
      notes.add(
          "no weight is called "
              + Shown.name(pattern)
              + "; names are like /model/layers.0/mlp/down_proj/MatMul and /lm_head/MatMul");
    }
    switch (options.precision()) {
      case FP16 ->
          notes.add(
              "fp16 is how weights are stored: the runtime has no fp16 arithmetic for processors,"
                  + " widens them to fp32 when it loads them, and computes in fp32. It halves the"
                  + " file, not the memory, and gains no speed");
      case FP32 -> notes.add("weights, activations and KV cache are fp32");
      case INT8, INT4 ->
          notes.add(
              "weights are "
                  + options.precision().id()
                  + " blocks; "
                  + (options.accuracyLevel() == 4
                      ? "activations are rounded to 8 bits for each product"
                      : "products are computed in fp32")
                  + "; norms, attention and KV cache are fp32");
    }
    return notes;
  }

  private boolean namesCode() {
    JsonNode config = Json.tree(request.source().folder().resolve("config.json"), MOST_CONFIG);
    return config.has("auto_map") || config.has("custom_code");
  }

  /** Tokenizer, licence and configurations travel with the weights. */
  private static long otherFiles(Path folder) {
    try {
      return FileTree.children(folder).stream()
          .filter(file -> file.getFileName().toString().matches(".*\\.(json|txt|md|jinja|model)"))
          .mapToLong(Planner::size)
          .sum();
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }
}
