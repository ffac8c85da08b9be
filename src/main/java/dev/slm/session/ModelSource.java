package dev.slm.session;

import dev.slm.base.Progress;
import java.nio.file.Path;
import java.util.Optional;

/** Knows where the models are that people name. */
public interface ModelSource {
  /** Finds a runnable model by what people typed, or throws a problem with near names. */
  Place find(String name, Progress progress);

  /**
   * A model that can be loaded.
   *
   * @param name its one full name
   * @param familyTemplate the chat template for a folder without one
   * @param engine the engine that it needs, empty for the default
   * @param inUse is closed when the model leaves memory
   */
  record Place(
      String name,
      Path folder,
      Optional<String> familyTemplate,
      Optional<String> engine,
      AutoCloseable inUse) {
    public static Place of(String name, Path folder) {
      return new Place(name, folder, Optional.empty(), Optional.empty(), () -> {});
    }
  }
}
