package dev.slm.cache;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.model.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which of several models somebody means. */
final class ModelNames {
  private ModelNames() {}

  /** The model of a name, or the best one of an alias. */
  static Optional<CachedModel> find(List<CachedModel> models, String nameOrAlias) {
    String typed = nameOrAlias.strip();
    return Stream.concat(
            models.stream().filter(model -> isNamed(model, typed)),
            models.stream()
                .filter(model -> model.alias().equalsIgnoreCase(typed))
                .sorted((a, b) -> Integer.compare(rank(a), rank(b))))
        .findFirst();
  }

  /** The best one has the least: those that run, by precision, then those that do not. */
  private static int rank(CachedModel model) {
    int many = Precision.values().length + 1;
    return (model.isRunnable() ? 0 : many)
        + model.precision().map(Precision::ordinal).orElse(many - 1);
  }

  /** The same, or the problem with the nearest names. */
  static CachedModel named(List<CachedModel> models, String nameOrAlias) {
    return find(models, nameOrAlias).orElseThrow(() -> unknown(models, nameOrAlias));
  }

  private static boolean isNamed(CachedModel model, String typed) {
    return model.name().equalsIgnoreCase(typed)
        || model.id().equalsIgnoreCase(typed)
        || (model.publisher() + "/" + model.name()).equalsIgnoreCase(typed);
  }

  private static Problem unknown(List<CachedModel> models, String typed) {
    List<String> known = new ArrayList<>();
    models.forEach(model -> known.add(model.name()));
    models.forEach(model -> known.add(model.alias()));
    return Nearest.unknown("model in the cache", typed, known, "cache ls");
  }
}
