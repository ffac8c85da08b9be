package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.model.Precision;
import dev.slm.prepare.QuantizeRequest.Limits;
import dev.slm.prepare.RecipeOptions;
import dev.slm.profile.Profiles;
import dev.slm.profile.Recipe;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.WeightOptions;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The options of {@code quantize}: a recipe, and what is typed wins over it. */
record QuantizeOptions(String recipe, WeightOptions weights, Limits limits) {

  static CommandSpec.Builder declare(
      CommandSpec.Builder spec, Supplier<? extends Collection<String>> recipes) {
    return spec.option(
            "--precision", "P", "what weights are stored in", Values.choice(Precision.ids()))
        .option(
            "--recipe",
            "NAME",
            "a named set of these options; what is typed beside it wins",
            Values.names(recipes))
        .option(
            "--block-size",
            "N",
            "weights that share a scale",
            Values.choice("16", "32", "64", "128", "256"))
        .flag("--symmetric", "a scale for each block, no zero point")
        .flag("--asymmetric", "a scale and a zero point for each block")
        .option(
            "--algorithm",
            "A",
            "rtn is fast, k-quant slower and closer",
            Values.choice("rtn", "k-quant"))
        .option(
            "--accuracy-level",
            "0-4",
            "0 or 1: fp32 arithmetic, 4: 8-bit activations",
            Values.whole(0, 4))
        .option("--lm-head", "P", "precision of the last layer", Values.choice("int4", "int8"))
        .option("--exclude", "GLOB", "nodes that stay fp32; repeat for more", Values.any())
        .option("--name", "NAME", "what to call it", Values.any())
        .option("--output", "DIR", "put it there and not in the cache", Values.folders())
        .option(
            "--calibration",
            "FILE",
            "your own texts or conversations to measure the quality on",
            Values.files())
        .flag("--no-quality", "do not measure the quality")
        .option("--max-kl", "X", "fail above this mean KL divergence", Values.number(0, 1000))
        .option(
            "--min-agreement",
            "P",
            "fail below this share of equal tokens, 0 to 1",
            Values.number(0, 1))
        .flag("--dry-run", "say what would be made, and stop")
        .json();
  }

  static QuantizeOptions of(Call call, Profiles profiles) {
    Optional<Precision> precision = call.option("precision").map(Precision::parse);
    String name =
        call.option("recipe")
            .or(() -> precision.map(Precision::id))
            .orElseThrow(
                () ->
                    Problem.usage("no precision")
                        .why("one of " + String.join(", ", Precision.ids()) + ", or a recipe")
                        .next("quantize " + call.argument("SOURCE") + " --precision int4"));
    Recipe recipe = profiles.recipe(name);
    precision
        .filter(typed -> typed != recipe.precision())
        .ifPresent(
            typed -> {
              throw Problem.usage("recipe '" + recipe.name() + "' makes " + recipe.precision().id())
                  .why("but --precision says " + typed.id())
                  .next("leave one of both out");
            });
    return new QuantizeOptions(
        recipe.name(),
        weights(call, RecipeOptions.of(recipe)),
        new Limits(call.number("max-kl"), call.number("min-agreement")));
  }

  private static WeightOptions weights(Call call, WeightOptions base) {
    boolean isBlockwise = base.precision() == Precision.INT4 || base.precision() == Precision.INT8;
    if (!isBlockwise) {
      refuseBlockOptions(call, base.precision());
      return base;
    }
    List<String> exclude = call.options("exclude");
    WeightOptions options =
        base.withBlocks(call.whole("block-size", base.blockSize()), isSymmetric(call, base))
            .withAccuracyLevel(call.whole("accuracy-level", base.accuracyLevel()))
            .withPatterns(exclude.isEmpty() ? base.exclude() : exclude, base.int8());
    Optional<Algorithm> algorithm = call.option("algorithm").map(Algorithm::parse);
    Optional<Precision> head = call.option("lm-head").map(Precision::parse);
    options = algorithm.isPresent() ? options.withAlgorithm(algorithm.get()) : options;
    return head.isPresent() ? options.withHead(head.get()) : options;
  }

  private static boolean isSymmetric(Call call, WeightOptions base) {
    if (call.flag("symmetric") && call.flag("asymmetric")) {
      throw Problem.usage("--symmetric and --asymmetric exclude each other");
    }
    return call.flag("symmetric") || (!call.flag("asymmetric") && base.symmetric());
  }

  private static void refuseBlockOptions(Call call, Precision precision) {
    for (String option :
        List.of(
            "block-size",
            "symmetric",
            "asymmetric",
            "algorithm",
            "accuracy-level",
            "lm-head",
            "exclude")) {
      if (call.flag(option)) {
        throw Problem.usage("--" + option + " has no meaning for " + precision.id())
            .why(precision.id() + " stores each weight by itself")
            .next("leave it out, or --precision int4");
      }
    }
  }
}
