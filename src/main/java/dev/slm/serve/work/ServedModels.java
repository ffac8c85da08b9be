package dev.slm.serve.work;

import dev.slm.base.Nearest;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.serve.http.Refusal;
import dev.slm.session.LoadedModels;
import dev.slm.session.ModelInMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The models that clients may name: those in the cache that can run, loaded or not. */
public final class ServedModels {
  private static final int LONGEST_SHOWN = 80;

  private final ModelCache cache;
  private final LoadedModels loaded;

  public ServedModels(ModelCache cache, LoadedModels loaded) {
    this.cache = cache;
    this.loaded = loaded;
  }

  /** Everything that can be loaded, by name. */
  public List<CachedModel> cached() {
    return cache.list().stream().filter(CachedModel::isRunnable).toList();
  }

  public LoadedModels loaded() {
    return loaded;
  }

  public ModelCache cache() {
    return cache;
  }

  /** The one name of a model that a client named in any of the usual ways. */
  public String nameOf(String asked) {
    boolean isLoaded = loaded.list().stream().map(ModelInMemory::name).anyMatch(asked::equals);
    return isLoaded ? asked : find(asked).map(CachedModel::name).orElseThrow(() -> unknown(asked));
  }

  /** The model that a client named; empty when it is not in the cache or cannot run. */
  public Optional<CachedModel> find(String asked) {
    return cache.find(asked).filter(CachedModel::isRunnable);
  }

  /** The refusal of a name that is not in the cache. */
  public Refusal unknown(String asked) {
    List<String> known = new ArrayList<>();
    cached().forEach(model -> known.addAll(List.of(model.name(), model.alias())));
    String shown =
        asked.length() <= LONGEST_SHOWN ? asked : asked.substring(0, LONGEST_SHOWN) + "…";
    List<String> near = Nearest.to(shown, known);
    String hint = near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?";
    return Refusal.of(404, "the model '" + shown + "' is not in the cache" + hint)
        .param("model")
        .code("model_not_found");
  }
}
