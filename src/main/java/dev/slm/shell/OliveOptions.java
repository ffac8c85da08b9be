package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.model.Precision;
import dev.slm.quantize.WeightOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The options of Olive's {@code auto-opt} and {@code optimize}; those without an effect here are
 * said to have none.
 */
record OliveOptions(
    String model, WeightOptions weights, Optional<Path> output, List<String> warnings) {

  /** Options with a value that say how Olive works inside, or what other devices need. */
  private static final List<String> VALUES_WITHOUT_EFFECT =
      List.of(
          "memory",
          "data_name",
          "split",
          "subset",
          "input_cols",
          "batch_size",
          "dynamic-to-fixed-shape-dim-param",
          "dynamic-to-fixed-shape-dim-value",
          "num-splits",
          "cost-model",
          "mixed-precision-overrides-config",
          "script_dir",
          "model_script");

  private static final List<String> FLAGS_WITHOUT_EFFECT =
      List.of("use_dynamo_exporter", "save_config_file", "trust_remote_code");

  /** What {@code optimize} has beside these. */
  private static final List<String> VALUES_OF_OPTIMIZE =
      List.of("act_precision", "num_split", "dim_param", "dim_value", "surgeries", "qnn_env_path");

  private static final String NO_QDQ = "leave it out; weights are stored for MatMulNBits";

  private static final String BUILDER = "model_builder";

  OliveOptions {
    warnings = List.copyOf(warnings);
  }

  static CommandSpec.Builder declare(CommandSpec.Builder spec) {
    spec.option(
            "--model_name_or_path -m", "MODEL", "the checkpoint's folder or name", Values.folders())
        .option(
            "--output_path -o",
            "DIR",
            "where to put the result; the cache without it",
            Values.folders())
        .option(
            "--precision",
            "P",
            "int4, int8, fp16 or fp32",
            Values.suggest("int4", "int8", "fp16", "fp32"))
        .option("--device", "D", "cpu", Values.suggest("cpu"))
        .option("--provider", "P", "CPUExecutionProvider", Values.suggest("CPUExecutionProvider"))
        .option("--task -t", "T", "text-generation", Values.suggest("text-generation"))
        .option("--adapter_path -a", "DIR", "not here: merge the adapter first", Values.folders())
        .option("--log_level", "N", "0 to 4, no effect", Values.whole(0, 4))
        .flag("--use_model_builder", "always on")
        .flag("--use_ort_genai", "always on")
        .flag("--use_qdq_encoding", "not here")
        .flag("--dry_run", "say what would be made, and stop")
        .json();
    // some of Olive's take several words, and none of them is a command's argument
    VALUES_WITHOUT_EFFECT.forEach(
        name -> spec.option("--" + name, "X…", "no effect", Values.any()));
    FLAGS_WITHOUT_EFFECT.forEach(name -> spec.flag("--" + name, "no effect"));
    return spec;
  }

  static CommandSpec.Builder declareOptimize(CommandSpec.Builder spec) {
    declare(spec)
        .option(
            "--block_size",
            "N",
            "weights that share a scale",
            Values.choice("16", "32", "64", "128", "256"))
        .option("--exporter", "E", "always model_builder", Values.suggest(BUILDER))
        .option("--modality", "M", "text", Values.choice("text"))
        .flag("--use_qdq_format", "not here")
        .flag("--enable_aot", "not here");
    VALUES_OF_OPTIMIZE.forEach(name -> spec.option("--" + name, "X…", "no effect", Values.any()));
    return spec;
  }

  static OliveOptions of(Call call) {
    List<String> mistakes = mistakes(call);
    return of(call, mistakes, withoutEffect(call), standard(call));
  }

  static OliveOptions ofOptimize(Call call) {
    List<String> mistakes = mistakes(call);
    if (call.flag("use_qdq_format")) {
      mistakes.add("--use_qdq_format: " + NO_QDQ);
    }
    if (call.flag("enable_aot")) {
      mistakes.add("--enable_aot: leave it out; it is for other devices");
    }
    List<String> ignored = withoutEffect(call);
    VALUES_OF_OPTIMIZE.stream().filter(call::flag).forEach(ignored::add);
    if (!call.option("exporter", BUILDER).equals(BUILDER)) {
      ignored.add("exporter");
    }
    WeightOptions weights = standard(call);
    if (call.flag("block_size") && !weights.precision().isBlockwise()) {
      ignored.add("block_size");
    } else {
      weights =
          weights.withBlocks(call.whole("block_size", weights.blockSize()), weights.symmetric());
    }
    return of(call, mistakes, ignored, weights);
  }

  private static OliveOptions of(
      Call call, List<String> mistakes, List<String> ignored, WeightOptions weights) {
    String model =
        call.option("model_name_or_path")
            .orElseThrow(
                () ->
                    Problem.usage("no model")
                        .next("auto-opt --model_name_or_path FOLDER --precision int4"));
    if (!mistakes.isEmpty()) {
      throw Problem.usage("this cannot be had here").why(String.join("\n", mistakes));
    }
    List<String> warnings =
        ignored.stream().map(name -> "--" + name + " has no effect here").toList();
    return new OliveOptions(model, weights, call.pathOption("output_path"), warnings);
  }

  private static List<String> withoutEffect(Call call) {
    return Stream.of(VALUES_WITHOUT_EFFECT, List.of("log_level"), FLAGS_WITHOUT_EFFECT)
        .flatMap(List::stream)
        .filter(call::flag)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static WeightOptions standard(Call call) {
    return WeightOptions.of(precision(call.option("precision", "fp32")));
  }

  /** What cannot be had here, each with what to write instead. */
  private static List<String> mistakes(Call call) {
    List<String> mistakes = new ArrayList<>();
    if (!call.option("device", "cpu").equalsIgnoreCase("cpu")) {
      mistakes.add("--device " + call.option("device", "") + ": write --device cpu");
    }
    if (!call.option("provider", "CPUExecutionProvider").equals("CPUExecutionProvider")) {
      mistakes.add(
          "--provider " + call.option("provider", "") + ": write --provider CPUExecutionProvider");
    }
    if (!call.option("task", "text-generation").startsWith("text-generation")) {
      mistakes.add("--task " + call.option("task", "") + ": write --task text-generation");
    }
    if (call.flag("adapter_path")) {
      mistakes.add("--adapter_path: merge the adapter into the checkpoint first");
    }
    if (call.flag("use_qdq_encoding")) {
      mistakes.add("--use_qdq_encoding: " + NO_QDQ);
    }
    return mistakes;
  }

  private static Precision precision(String typed) {
    return Precision.find(typed)
        .orElseThrow(
            () ->
                Problem.usage("no precision '" + typed + "' here")
                    .why("precisions are " + String.join(", ", Precision.ids()))
                    .next("--precision " + nearest(typed.toLowerCase(Locale.ROOT))));
  }

  private static String nearest(String typed) {
    if (typed.contains("4")) {
      return "int4";
    }
    if (typed.contains("32")) {
      return "fp32";
    }
    return typed.contains("8") ? "int8" : "fp16";
  }
}
