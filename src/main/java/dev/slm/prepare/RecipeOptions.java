package dev.slm.prepare;

import dev.slm.profile.Recipe;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.WeightOptions;

/** A recipe as options of weights. */
public final class RecipeOptions {
  private RecipeOptions() {}

  public static WeightOptions of(Recipe recipe) {
    WeightOptions options =
        WeightOptions.of(recipe.precision())
            .withHead(recipe.head().orElse(recipe.precision()))
            .withPatterns(recipe.exclude(), recipe.int8());
    return recipe.precision().isBlockwise()
        ? options
            .withBlocks(recipe.blockSize(), recipe.symmetric())
            .withAlgorithm(algorithm(recipe.algorithm()))
            .withAccuracyLevel(recipe.accuracyLevel())
        : options;
  }

  private static Algorithm algorithm(Recipe.Algorithm algorithm) {
    return algorithm == Recipe.Algorithm.K_QUANT ? Algorithm.K_QUANT : Algorithm.RTN;
  }
}
