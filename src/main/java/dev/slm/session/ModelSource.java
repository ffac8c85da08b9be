package dev.slm.session;

import dev.slm.base.Progress;
import dev.slm.engine.LoadSettings;
import dev.slm.text.ChatTemplates;
import dev.slm.text.PromptTemplate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Knows where the models are that people name. */
public interface ModelSource {
  /** Finds a runnable model by what people typed, or throws a problem with near names. */
  Place find(String name, Progress progress);

  /**
   * A model that can be loaded.
   *
   * @param name its one full name
   * @param family the patterns of its family, for a folder without a chat template
   * @param engine the engine that it needs, empty for the default
   * @param settings how it is loaded where nobody asks for something else
   * @param inUse is closed when the model leaves memory
   */
  record Place(
      String name,
      Path folder,
      Supplier<List<PromptTemplate>> family,
      Optional<String> engine,
      LoadSettings settings,
      AutoCloseable inUse) {
    public static Place of(String name, Path folder) {
      return new Place(name, folder, List::of, Optional.empty(), LoadSettings.DEFAULT, () -> {});
    }

    /** Where chat templates are looked for, in this order, and whether there is one. */
    public Map<String, Boolean> templateSources() {
      return ChatTemplates.sources(folder, family);
    }

    /** Where its chat template comes from. */
    public String templateSource() {
      return ChatTemplates.of(folder, family).source();
    }
  }
}
