package dev.slm.bench;

import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.Engines;
import dev.slm.engine.Generation;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** One run of an engine of ours, {@code ort} or {@code genai}, in a process of its own. */
final class OurRun {
  private OurRun() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]).resolve(arguments[3]);
    // our own files; the trial in a child is the price of strangers'
    System.setProperty("slm.probe.child", "true");
    // looking through the class path is the program's start, not the model's
    Engine engine = Engines.load().find(arguments[2]);
    long start = System.nanoTime();
    try (LoadedModel model = engine.load(folder, LoadSettings.DEFAULT, Progress.NONE);
        Sequence sequence = model.newSequence()) {
      double load = (System.nanoTime() - start) / 1e9;
      model.settle();
      sequence.generate(prompt(1, 1), settings(1), (_, _) -> true, Progress.NONE);
      double first = (System.nanoTime() - start) / 1e9;
      sequence.generate(prompt(8, 1), settings(4), (_, _) -> true, Progress.NONE);
      Measured.pause();
      Generation run =
          sequence.generate(
              prompt(Measured.PROMPT, 2), settings(Measured.ANSWER), (_, _) -> true, Progress.NONE);
      double peak = Measured.peakOfThisProcess();
      Measured measured =
          new Measured(
              load,
              loadSeconds(engine, folder),
              first,
              run.timings().promptRate(),
              run.timings().answerRate(),
              peak);
      Files.writeString(Path.of(arguments[1]), measured.line());
    }
  }

  private static double loadSeconds(Engine engine, Path folder) {
    long start = System.nanoTime();
    try (LoadedModel _ = engine.load(folder, LoadSettings.DEFAULT, Progress.NONE)) {
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static GenerationSettings settings(int tokens) {
    return GenerationSettings.greedy(tokens);
  }

  private static int[] prompt(int length, long seed) {
    return new Random(seed).ints(length, 0, 150_000).toArray();
  }
}
