package dev.slm.engine;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** The engines that this program has, by name. */
public final class Engines {
  /** The engine that loads a model when nobody asks for another one. */
  public static final String DEFAULT = "ort";

  private final Map<String, Engine> byName = new LinkedHashMap<>();

  /** Those not looked at yet: looking for all of them opens every jar of the class path. */
  private final Iterator<Engine> others;

  private Engines(Iterable<Engine> engines) {
    others = engines.iterator();
  }

  /** Those on the class path. */
  public static Engines load() {
    return new Engines(ServiceLoader.load(Engine.class));
  }

  /** Those on the class path, then those of the jars in a folder, which need not exist. */
  public static Engines load(Path jars) {
    ClassLoader ours = Thread.currentThread().getContextClassLoader();
    URL[] found = jarsIn(jars);
    // open as long as its engines may be used: until the program ends
    return new Engines(
        ServiceLoader.load(
            Engine.class, found.length == 0 ? ours : new URLClassLoader(found, ours)));
  }

  private static URL[] jarsIn(Path folder) {
    if (!Files.isDirectory(folder)) {
      return new URL[0];
    }
    try {
      List<Path> jars =
          FileTree.children(folder).stream().filter(it -> it.toString().endsWith(".jar")).toList();
      URL[] places = new URL[jars.size()];
      for (int i = 0; i < places.length; i++) {
        places[i] = jars.get(i).toUri().toURL();
      }
      return places;
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
  }

  public static Engines of(List<Engine> engines) {
    return new Engines(engines);
  }

  public List<String> names() {
    return all().stream().map(Engine::name).toList();
  }

  public synchronized Collection<Engine> all() {
    while (addNext()) {
      // until there are no more
    }
    return List.copyOf(byName.values());
  }

  private synchronized Optional<Engine> known(String name) {
    while (!byName.containsKey(name) && addNext()) {
      // until it is there
    }
    return Optional.ofNullable(byName.get(name));
  }

  private boolean addNext() {
    try {
      if (!others.hasNext()) {
        return false;
      }
      Engine engine = others.next();
      // the first one wins: a jar that is added later cannot replace an engine of ours
      byName.putIfAbsent(engine.name(), engine);
      return true;
    } catch (ServiceConfigurationError e) {
      throw Problem.failed("an engine that was added does not load")
          .why(String.valueOf(e.getMessage()))
          .next("take its jar away, or correct it")
          .causedBy(e);
    }
  }

  /**
   * The engine that runs a folder: the one that is asked for, else the default one, else the first
   * one that takes what the default one refuses.
   */
  public Engine choose(Optional<String> wanted, Path folder, Progress progress) {
    String name = wanted.orElse(DEFAULT);
    Optional<String> refusal =
        wanted.isPresent()
            ? Optional.empty()
            : known(name).flatMap(engine -> engine.refusal(folder));
    return refusal.isEmpty() ? find(name) : other(refusal.get(), folder, progress);
  }

  private Engine other(String refusal, Path folder, Progress progress) {
    List<Engine> able = all().stream().filter(each -> each.refusal(folder).isEmpty()).toList();
    for (Engine engine : able) {
      if (engine.unavailable().isEmpty()) {
        progress.note("the engine is '%s': the model %s".formatted(engine.name(), refusal));
        return engine;
      }
    }
    if (able.isEmpty()) {
      // its own refusal says more
      return find(DEFAULT);
    }
    Engine needed = able.getFirst();
    throw Problem.failed(
            "'%s' needs the engine '%s': it %s".formatted(folder, needed.name(), refusal))
        .why(needed.unavailable().orElse(""))
        .next("model list");
  }

  /** The engine of that name, or a problem that says why it is not to be had. */
  public Engine find(String name) {
    Engine engine =
        known(name).orElseThrow(() -> Nearest.unknown("engine", name, names(), "doctor"));
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
