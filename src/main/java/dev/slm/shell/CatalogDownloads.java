package dev.slm.shell;

import dev.slm.base.Progress;
import dev.slm.prepare.ModelDownload;
import dev.slm.prepare.Wanted;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import dev.slm.profile.Recipe;
import dev.slm.serve.work.Downloads;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The catalog's models, as clients of the service may fetch them: each in its usual precision. */
public final class CatalogDownloads implements Downloads {
  /** Brings a model into the cache with this access token instead of the person's own. */
  public interface Bringing {
    ModelDownload with(Optional<String> token);
  }

  private final Supplier<Profiles> profiles;
  private final Bringing downloads;

  public CatalogDownloads(Supplier<Profiles> profiles, Bringing downloads) {
    this.profiles = profiles;
    this.downloads = downloads;
  }

  @Override
  public List<Offer> offers() {
    Profiles all = profiles.get();
    return all.catalog().stream().map(entry -> offer(entry, all.recipe(entry.recipe()))).toList();
  }

  @Override
  public void fetch(String name, Optional<String> token, Progress progress) {
    String alias =
        offers().stream()
            .filter(offer -> offer.name().equals(name))
            .map(Offer::alias)
            .findFirst()
            .orElse(name);
    downloads.with(token).bring(Wanted.of(alias), progress);
  }

  private static Offer offer(CatalogEntry entry, Recipe recipe) {
    String owner = entry.repository().substring(0, entry.repository().indexOf('/'));
    return new Offer(
        entry.alias() + "-" + recipe.precision().id(),
        entry.alias(),
        owner,
        "https://huggingface.co/" + entry.repository(),
        entry.licence().id(),
        entry.diskBytes(recipe),
        entry.contextLength());
  }
}
