package dev.slm.engine;

import dev.slm.base.Progress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A runtime that can load model folders. Found by {@link java.util.ServiceLoader}, so that people
 * can add their own: a public class with a public constructor without parameters, named in {@code
 * META-INF/services/dev.slm.engine.Engine} of a jar; {@code src/docs/engine.md} tells where to put
 * it.
 */
public interface Engine {
  /** What people type after {@code --engine}. */
  String name();

  /**
   * Why this machine cannot run the engine, in one line; empty when it can. Must be cheap and must
   * not throw.
   */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /**
   * Why the engine does not take a folder of its own accord, in one line; empty when it does. By
   * default it has to be asked for by name. Must be cheap and must not throw: what is wrong with a
   * folder is said when it is loaded.
   */
  default Optional<String> refusal(Path folder) {
    return Optional.of("it has to be asked for by name");
  }

  /** Loads what all of its models share, such as a native library, if it is not loaded yet. */
  default void start() {}

  /** Loads a folder, or throws a problem that says why it cannot. */
  LoadedModel load(Path folder, LoadSettings settings, Progress progress);
}
