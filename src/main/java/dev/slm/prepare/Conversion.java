package dev.slm.prepare;

import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.model.Manifest;
import java.nio.file.Path;

/** Makes a runnable model in the cache of a checkpoint's folder. */
public interface Conversion {
  CachedModel convert(Checkpoint checkpoint, String recipe, Progress progress);

  /**
   * A checkpoint and where it comes from.
   *
   * @param alias the short name that the model gets, before its precision
   * @param licence identifier, empty when unknown
   */
  record Checkpoint(Path folder, String alias, Manifest.Source source, String licence) {}
}
