package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.measure.BenchmarkRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The files that keep a run. Those that cannot be written are refused before hours of measuring;
 * one that fails all the same does not take the others with it.
 */
final class ResultFiles {
  private record Kept(Path file, Function<BenchmarkRun, String> text) {}

  private final List<Kept> all = new ArrayList<>();

  void add(Path file, Function<BenchmarkRun, String> text) {
    check(file);
    all.add(new Kept(file, text));
  }

  private static void check(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    if (Files.isDirectory(file)) {
      throw cannotWrite(file, "it is a folder");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw cannotWrite(file, "'" + folder + "' is not a folder");
    }
    if (!Files.isWritable(folder)) {
      throw cannotWrite(file, "permission denied in '" + folder + "'");
    }
  }

  private static Problem cannotWrite(Path file, String reason) {
    return Problem.of(Problem.Status.CANNOT_WRITE, "cannot write '" + file + "'").why(reason);
  }

  /** Writes all of them; throws the first failure at the end. */
  void write(Screen screen, BenchmarkRun run) {
    @Nullable Problem first = null;
    for (Kept kept : all) {
      try {
        DurableFile.write(kept.file(), kept.text().apply(run));
        screen.note("wrote " + kept.file());
      } catch (Problem e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
