package dev.slm.engine;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The engines that this program has, by name. */
public final class Engines {
  /** The engine that loads a model when nobody asks for another one. */
  public static final String DEFAULT = "ort";

  private final Map<String, Engine> byName = new LinkedHashMap<>();

  private Engines(Iterable<Engine> engines) {
    for (Engine engine : engines) {
      // the first one wins: a jar that is added later cannot replace an engine of ours
      byName.putIfAbsent(engine.name(), engine);
    }
  }

  /** Those on the class path. */
  public static Engines load() {
    return new Engines(ServiceLoader.load(Engine.class));
  }

  public static Engines of(List<Engine> engines) {
    return new Engines(engines);
  }

  public List<String> names() {
    return List.copyOf(byName.keySet());
  }

  public Collection<Engine> all() {
    return List.copyOf(byName.values());
  }

  /** The engine of that name, or a problem that says why it is not to be had. */
  public Engine find(String name) {
    Engine engine = byName.get(name);
    if (engine == null) {
      throw Nearest.unknown("engine", name, names(), "doctor");
    }
    engine
        .unavailable()
        .ifPresent(
            reason -> {
              throw Problem.failed("the engine '" + name + "' does not run here")
                  .why(reason)
                  .next("model run NAME --engine " + DEFAULT);
            });
    return engine;
  }
}
