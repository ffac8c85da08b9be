package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.model.Precision;
import dev.slm.prepare.Checkpoint;
import dev.slm.prepare.OliveConfig;
import dev.slm.prepare.Plan;
import dev.slm.prepare.Preparation;
import dev.slm.prepare.Prepared;
import dev.slm.prepare.QuantizeRequest;
import dev.slm.prepare.QuantizeRequest.Limits;
import dev.slm.profile.Profiles;
import dev.slm.profile.Recipe;
import dev.slm.quantize.WeightOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes runnable models of checkpoints, by our own options or by the habits of Olive. */
public final class QuantizeCommands implements CommandGroup {
  private static final String GROUP = "Models";

  /** Folders that say what is in them and not which model. */
  private static final Set<String> GENERIC = Set.of("onnx", "model");

  private final Supplier<Preparation> preparations;
  private final Supplier<ModelCache> caches;
  private final Supplier<Profiles> profiles;

  public QuantizeCommands(
      Supplier<Preparation> preparations,
      Supplier<ModelCache> caches,
      Supplier<Profiles> profiles) {
    this.preparations = preparations;
    this.caches = caches;
    this.profiles = profiles;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(quantize(), autoOpt(), optimize(), runConfig());
  }

  private CommandSpec quantize() {
    return QuantizeOptions.declare(
            CommandSpec.named("quantize")
                .group(GROUP)
                .says("Makes a runnable model of a checkpoint, smaller by quantization.")
                .more(
                    "Reads safetensors tensor by tensor, so that memory stays small, and measures"
                        + " what the precision cost: perplexity, KL divergence and agreement with"
                        + " the unquantized weights on a short text.")
                .argument(
                    "SOURCE",
                    "folder with a checkpoint, or a checkpoint or fp32/fp16 model of the cache",
                    Values.names(this::sources).or(Values.folders())),
            () -> profiles.get().recipes().stream().map(Recipe::name).toList())
        .example("quantize ./my-model --precision int4", "fast: blocks of 128 in the cache")
        .example("quantize ./my-model --recipe int4-accurate --max-kl 0.1", "or fail")
        .example("quantize ./my-model --precision int8 --dry-run", "what it would take")
        .runs(this::quantize);
  }

  private void quantize(Call call) {
    Checkpoint source = source(call.argument("SOURCE"));
    QuantizeOptions options = QuantizeOptions.of(call, profiles.get());
    make(
        call,
        new QuantizeRequest(
            source,
            options.recipe(),
            options.weights(),
            call.option("name").orElseGet(() -> nameOf(source, options.weights())),
            call.pathOption("output"),
            call.pathOption("calibration"),
            options.limits(),
            !call.flag("no-quality")));
  }

  private CommandSpec autoOpt() {
    return OliveOptions.declare(
            CommandSpec.named("auto-opt")
                .aliases("olive auto-opt")
                .group(GROUP)
                .says("Does what Olive's auto-opt does with the model builder: see quantize."))
        .example(
            "auto-opt --model_name_or_path ./my-model --precision int4 --output_path models/mine",
            "as with Olive")
        .runs(call -> make(call, OliveOptions.of(call)));
  }

  private CommandSpec optimize() {
    return OliveOptions.declareOptimize(
            CommandSpec.named("olive optimize")
                .aliases("optimize")
                .group(GROUP)
                .says("Does what Olive's optimize does for processors: see quantize."))
        .example(
            "olive optimize -m ./my-model --precision int4 --block_size 32 -o models/mine",
            "as with Olive")
        .runs(call -> make(call, OliveOptions.ofOptimize(call)));
  }

  private void make(Call call, OliveOptions options) {
    options.warnings().forEach(call.screen()::warn);
    make(call, request(options.model(), options.weights(), options.output()));
  }

  private CommandSpec runConfig() {
    return CommandSpec.named("olive run")
        .aliasWhen("run", "--config")
        .aliasWhen("run", "--run-config")
        .group(GROUP)
        .says("Runs a configuration file of Olive that has a ModelBuilder pass.")
        .option("--config --run-config", "FILE", "the file", Values.filesEnding(".json"))
        .flag("--dry-run", "say what would be made, and stop")
        .json()
        .example("run --config ./finetuned_conversion_config.json", "as with Olive")
        .runs(
            call -> {
              Path file =
                  call.pathOption("config")
                      .orElseThrow(() -> Problem.usage("no file").next("olive run --config FILE"));
              OliveConfig config = OliveConfig.read(file);
              config.warnings().forEach(call.screen()::warn);
              make(call, request(config.model(), config.options(), config.output().map(Paths::of)));
            });
  }

  private QuantizeRequest request(String model, WeightOptions weights, Optional<Path> output) {
    Checkpoint source = source(model);
    String name =
        output
            .map(path -> nameOf(path.toAbsolutePath().normalize(), weights))
            .orElseGet(() -> nameOf(source, weights));
    return new QuantizeRequest(
        source, "", weights, name, output, Optional.empty(), Limits.NONE, true);
  }

  private Checkpoint source(String typed) {
    return Checkpoint.find(typed, Paths.of(typed), caches.get());
  }

  private static String nameOf(Checkpoint source, WeightOptions weights) {
    return source.alias() + "-" + weights.precision().id();
  }

  /** The folder's name; of {@code models/mine/onnx}, as the guide has it, the one above. */
  private static String nameOf(Path output, WeightOptions weights) {
    Path last = output.getFileName();
    Path parent = output.getParent();
    boolean isGeneric = last == null || GENERIC.contains(Checkpoint.aliasOf(last.toString()));
    if (isGeneric && parent != null && parent.getFileName() != null) {
      return Checkpoint.aliasOf(parent.getFileName().toString()) + "-" + weights.precision().id();
    }
    return Checkpoint.aliasOf(last == null ? "model" : last.toString());
  }

  private void make(Call call, QuantizeRequest request) {
    Preparation preparation = preparations.get();
    Plan plan = preparation.plan(request);
    if (call.flag("dry-run")) {
      QuantizeReport.plan(call, plan);
      return;
    }
    QuantizeReport.announce(call.screen(), plan);
    Prepared made = preparation.run(plan, call.progress());
    QuantizeReport.result(call, plan, made);
  }

  private List<String> sources() {
    return caches.get().list().stream()
        .filter(
            model ->
                model.precision().isEmpty()
                    || model.precision().get() == Precision.FP16
                    || model.precision().get() == Precision.FP32)
        .map(CachedModel::name)
        .toList();
  }
}
