package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.engine.check.Probe;
import dev.slm.session.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Tells {@code doctor} how a model would be run: by which engine, with which chat template. */
public final class RunCheck implements DoctorCommands.Examiner {
  private static final List<String> FILES = List.of("genai_config.json", "tokenizer.json");

  private final Function<Path, Optional<ModelSource.Place>> cached;
  private final Supplier<Engines> engines;

  /** Finds models of the cache by their folders. */
  public RunCheck(Function<Path, Optional<ModelSource.Place>> cached, Supplier<Engines> engines) {
    this.cached = cached;
    this.engines = engines;
  }

  @Override
  public List<Finding> examine(Path path, Progress progress) {
    if (FILES.stream().anyMatch(file -> !Files.exists(path.resolve(file)))) {
      // another check says that they are missing
      return List.of();
    }
    ModelSource.Place place =
        cached.apply(path).orElseGet(() -> ModelSource.Place.of(path.toString(), path));
    return List.of(
        finding("chat template", () -> template(place)),
        finding("engine", () -> engine(place, progress)));
  }

  /** The engine, after a trial in a process of its own if it came with the program. */
  private String engine(ModelSource.Place place, Progress progress) {
    String engine = engines.get().choose(place.engine(), place.folder(), Progress.NONE).name();
    if (!Engines.load().names().contains(engine)) {
      return engine;
    }
    Probe.run(place.folder(), engine, progress);
    return engine + ", it loads the model and answers";
  }

  /** The one that is used, and those that would come before and after it. */
  private static String template(ModelSource.Place place) {
    String used = place.templateSource();
    String order =
        place.templateSources().entrySet().stream()
            .map(source -> source.getKey() + state(source, used))
            .collect(Collectors.joining(", "));
    return used + ", the first that there is of: " + order;
  }

  private static String state(Map.Entry<String, Boolean> source, String used) {
    if (source.getKey().equals(used)) {
      return " (used)";
    }
    return source.getValue() ? " (there)" : " (none)";
  }

  private static Finding finding(String what, Supplier<String> fact) {
    try {
      return Finding.good(what + ": " + fact.get());
    } catch (Problem problem) {
      return Finding.bad(
          problem.what() + problem.why().map(why -> " (" + why + ")").orElse(""),
          // not what was typed just now
          problem.next().filter(next -> !next.startsWith("doctor")).orElse(""));
    }
  }
}
