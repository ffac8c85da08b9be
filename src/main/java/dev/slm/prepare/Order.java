package dev.slm.prepare;

import dev.slm.acquire.Repository;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.model.Precision;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What people asked for, with what the catalog knows about it.
 *
 * @param alias the short name in the cache
 * @param precision what they want or the catalog recommends; empty when neither says
 * @param isPinned whether they named a revision
 * @param licence of the catalog, empty when it does not know the model
 */
record Order(
    Repository repository,
    String alias,
    Optional<Precision> precision,
    String recipe,
    boolean isPinned,
    boolean isRaw,
    boolean isBundled,
    String licence) {

  private static final String STANDARD_RECIPE = "int4";

  static Order of(Wanted wanted, Profiles profiles) {
    Optional<Repository> typed = Repository.find(wanted.name());
    Optional<CatalogEntry> entry = profiles.find(typed.map(Repository::id).orElse(wanted.name()));
    if (typed.isEmpty() && entry.isEmpty()) {
      throw unknown(wanted.name(), profiles);
    }
    Repository named = typed.orElseGet(() -> repository(entry.orElseThrow()));
    boolean isNewest = named.revision().equals(Repository.NEWEST);
    if (wanted.revision().isPresent() && !isNewest && typed.isPresent()) {
      refuseTwoRevisions(named.revision(), wanted.revision().get());
    }
    Repository repository = named.at(wanted.revision().orElse(null));
    String recipe =
        wanted
            .precision()
            .map(Precision::id)
            .orElseGet(() -> entry.map(CatalogEntry::recipe).orElse(STANDARD_RECIPE));
    return new Order(
        repository,
        entry.map(CatalogEntry::alias).orElse(named.name().toLowerCase(Locale.ROOT)),
        wanted.precision().or(() -> Optional.of(profiles.recipe(recipe).precision())),
        recipe,
        wanted.revision().isPresent() || (typed.isPresent() && !isNewest),
        wanted.isRaw(),
        entry.map(CatalogEntry::isBundled).orElse(false),
        entry.map(it -> it.licence().id()).orElse(""));
  }

  private static Repository repository(CatalogEntry entry) {
    return Repository.parse(entry.repository() + "@" + entry.revision());
  }

  private static void refuseTwoRevisions(String one, String other) {
    if (!one.equals(other)) {
      throw Problem.usage("two revisions: '" + one + "' and '" + other + "'");
    }
  }

  private static Problem unknown(String name, Profiles profiles) {
    List<String> known = profiles.catalog().stream().map(CatalogEntry::alias).toList();
    return Nearest.unknown("model in the catalog", name, known, "model list")
        .next("model list, or name a repository as owner/name");
  }

  /** The name of a runnable model. */
  String modelName(Optional<Precision> made) {
    return made.map(it -> alias + "-" + it.id()).orElse(alias);
  }

  String checkpointName() {
    return alias + "-checkpoint";
  }
}
