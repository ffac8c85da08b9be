package dev.slm.bench;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One run of llama.cpp in a process of its own. */
final class LlamaRun {
  private LlamaRun() {}

  public static void main(String[] arguments) throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    ModelParameters parameters =
        new ModelParameters()
            .setModel(Path.of(arguments[0]).resolve("model.gguf").toString())
            .setThreads(threads)
            .setThreadsBatch(threads)
            .setCtxSize(1024);
    long start = System.nanoTime();
    try (LlamaModel model = new LlamaModel(parameters)) {
      double load = (System.nanoTime() - start) / 1e9;
      run(model, "z", 1);
      double first = (System.nanoTime() - start) / 1e9;
      run(model, "zyx", 4);
      Measured.pause();
      long[] times = run(model, "abcdefgh".repeat(Measured.PROMPT / 8), Measured.ANSWER);
      double peak = Measured.peakOfThisProcess();
      Measured measured =
          new Measured(
              load,
              loadSeconds(parameters),
              first,
              Measured.PROMPT / (times[0] / 1e9),
              (Measured.ANSWER - 1) / (times[1] / 1e9),
              peak);
      Files.writeString(Path.of(arguments[1]), measured.line());
      // closing this library can hang for minutes; nothing is left to do here
      Runtime.getRuntime().halt(0);
    }
  }

  // never closed, see above
  @SuppressWarnings("resource")
  private static double loadSeconds(ModelParameters parameters) {
    long start = System.nanoTime();
    var _ = new LlamaModel(parameters);
    return (System.nanoTime() - start) / 1e9;
  }

  /** Time to the first token, and from there to the last. */
  private static long[] run(LlamaModel model, String prompt, int tokens) {
    InferenceParameters parameters =
        new InferenceParameters(prompt).setNPredict(tokens).setTemperature(0).setIgnoreEos(true);
    long start = System.nanoTime();
    long first = 0;
    for (LlamaOutput output : model.generate(parameters)) {
      if (first == 0) {
        first = System.nanoTime();
      }
      if (output.text == null) {
        throw new IllegalStateException("no text");
      }
    }
    return new long[] {first - start, System.nanoTime() - first};
  }
}
