package dev.slm.engine;

import dev.slm.base.Progress;
import java.nio.file.Path;

/**
 * A runtime that can load model folders. Found by {@link java.util.ServiceLoader}, so that people
 * can add their own.
 */
public interface Engine {
  /** What people type after {@code --engine}. */
  String name();

  /** Loads a folder, or throws a problem that says why it cannot. */
  LoadedModel load(Path folder, LoadSettings settings, Progress progress);
}
