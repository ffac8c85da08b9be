package dev.slm.prepare;

import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.profile.Profiles;
import dev.slm.profile.Recipe;
import java.util.Optional;

/**
 * Converts what was just downloaded by a recipe; its quality is measured when people ask for it.
 */
public final class RecipeConversion implements Conversion {
  private final ModelCache cache;
  private final Profiles profiles;
  private final Preparation preparation;

  public RecipeConversion(ModelCache cache, Profiles profiles, Preparation preparation) {
    this.cache = cache;
    this.profiles = profiles;
    this.preparation = preparation;
  }

  @Override
  public CachedModel convert(Conversion.Checkpoint source, String recipeName, Progress progress) {
    Recipe recipe = profiles.recipe(recipeName);
    QuantizeRequest request =
        new QuantizeRequest(
            new dev.slm.prepare.Checkpoint(
                source.folder(),
                source.alias(),
                source.source().repository(),
                source.source().commit(),
                source.licence()),
            recipe.name(),
            RecipeOptions.of(recipe),
            source.alias() + "-" + recipe.precision().id(),
            Optional.empty(),
            Optional.empty(),
            QuantizeRequest.Limits.NONE,
            false);
    preparation.run(preparation.plan(request), progress);
    return cache.resolve(request.name());
  }
}
