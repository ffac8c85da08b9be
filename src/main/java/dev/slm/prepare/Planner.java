package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.convert.Architecture;
import dev.slm.convert.Converter;
import dev.slm.format.Safetensors;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.WeightOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks at a checkpoint's headers and at the machine, and says what a quantization will take. */
final class Planner {
  /** The program itself, its buffers and the code of the runtime; measured with 0.5B and 7B. */
  private static final long CONVERSION_MEMORY = 400L << 20;

  /** Weights mapped from the file, and the same again as the runtime packs them. */
  private static final int COPIES_IN_MEMORY = 2;

  /** What the rest of the machine must keep. */
  private static final double MOST_MEMORY_SHARE = 0.8;

  /**
   * Bytes of a checkpoint per second on two cores, measured; the search does far more per weight.
   */
  private static final long PLAIN_RATE = 200_000_000;

  private static final long SEARCH_RATE = 12_000_000;

  /**
   * Parameters times tokens per second when the unquantized model is run; measured on two cores.
   */
  private static final double RUN_RATE = 4e10;

  private static final int COMPARED_TOKENS = 1200;

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
      return new Planner(request, architecture, place, machine).plan(weights);
    }
  }

  private Plan plan(Safetensors weights) {
    WeightOptions options = request.options();
    long result =
        SizeForecast.bytes(weights, architecture, options) + otherFiles(request.source().folder());
    long reference = SizeForecast.bytes(weights, architecture, WeightOptions.of(Precision.FP32));
    long diskFree = machine.freeDisk().applyAsLong(place);
    long memoryFree = machine.availableMemory();
    long runMemory = reference * COPIES_IN_MEMORY + CONVERSION_MEMORY;
    long runDisk = result + referenceOnDisk(reference) + QualityCheck.MOST_ROW_BYTES;
    String skipped = skipReason(runMemory, memoryFree, runDisk, diskFree);
    boolean isMeasured = skipped.isEmpty();
    Plan plan =
        new Plan(
            request,
            architecture.family().name(),
            weights.parameters(),
            place,
            weights.bytes(),
            result,
            isMeasured ? runDisk : result,
            diskFree,
            isMeasured ? runMemory : CONVERSION_MEMORY,
            memoryFree,
            time(weights, isMeasured),
            notes(options, weights),
            skipped);
    refuseImpossible(plan);
    return plan;
  }

  private long referenceOnDisk(long reference) {
    return QualityCheck.needsReference(request) ? reference : 0;
  }

  private String skipReason(long memory, long memoryFree, long disk, long diskFree) {
    if (!request.measures()) {
      return "it was switched off";
    }
    if (memory > memoryFree * MOST_MEMORY_SHARE) {
      return "running the unquantized weights takes about "
          + Units.bytes(memory)
          + " of memory, "
          + Units.bytes(memoryFree)
          + " are available";
    }
    if (disk > diskFree) {
      return "the unquantized weights take "
          + Units.bytes(disk)
          + " of disk for a while, "
          + Units.bytes(diskFree)
          + " are free";
    }
    return "";
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
    if (request.limits().exist() && !plan.qualitySkipped().isEmpty()) {
      throw Problem.usage("the quality cannot be measured, so that no limit can be checked")
          .why(plan.qualitySkipped())
          .next("leave --max-kl and --min-agreement out");
    }
  }

  private Duration time(Safetensors weights, boolean isMeasured) {
    boolean searches = request.options().algorithm() == Algorithm.K_QUANT;
    double seconds = (double) weights.bytes() / (searches ? SEARCH_RATE : PLAIN_RATE);
    if (isMeasured) {
      seconds += (double) weights.bytes() / PLAIN_RATE * 2;
      seconds += 2.0 * weights.parameters() * COMPARED_TOKENS / RUN_RATE;
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

  /** Tokenizer, licence and configurations travel with the weights. */
  private static long otherFiles(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
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
