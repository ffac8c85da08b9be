package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.session.ModelSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

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
  public List<Finding> examine(Path path) {
    if (FILES.stream().anyMatch(file -> !Files.exists(path.resolve(file)))) {
      // another check says that they are missing
      return List.of();
    }
    ModelSource.Place place =
        cached.apply(path).orElseGet(() -> ModelSource.Place.of(path.toString(), path));
    return List.of(
        finding("chat template", place::templateSource),
        finding(
            "engine",
            () -> engines.get().choose(place.engine(), place.folder(), Progress.NONE).name()));
  }

  private static Finding finding(String what, Supplier<String> fact) {
    try {
      return Finding.good(what + ": " + fact.get());
    } catch (Problem problem) {
      return Finding.bad(
          problem.what() + problem.why().map(why -> " (" + why + ")").orElse(""),
          problem.next().orElse(""));
    }
  }
}
