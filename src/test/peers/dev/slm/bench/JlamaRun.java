package dev.slm.bench;

import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.model.functions.Generator;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import com.github.tjake.jlama.safetensors.prompt.PromptContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * One run of Jlama in a process of its own: Q4 weights, activations as int8, Java's vector API (its
 * native add-on is not on the class path).
 */
final class JlamaRun {
  private JlamaRun() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = quantized(Path.of(arguments[0]));
    long start = System.nanoTime();
    try (AbstractModel model = ModelSupport.loadModel(folder.toFile(), DType.F32, DType.I8)) {
      double load = (System.nanoTime() - start) / 1e9;
      run(model, "a", 1);
      double first = (System.nanoTime() - start) / 1e9;
      run(model, "abcd", 4);
      Measured.pause();
      Generator.Response run = run(model, prompt(model), Measured.ANSWER);
      double peak = Measured.peakOfThisProcess();
      Measured measured =
          new Measured(
              load,
              loadSeconds(folder),
              first,
              run.promptTokens / (run.promptTimeMs / 1e3),
              run.generatedTokens / (run.generateTimeMs / 1e3),
              peak);
      Files.writeString(Path.of(arguments[1]), measured.line());
    }
  }

  private static double loadSeconds(Path folder) {
    long start = System.nanoTime();
    try (AbstractModel _ = ModelSupport.loadModel(folder.toFile(), DType.F32, DType.I8)) {
      return (System.nanoTime() - start) / 1e9;
    }
  }

  /** Made from the checkpoint once, by Jlama itself. */
  private static Path quantized(Path folder) throws IOException {
    Path target = folder.resolve("jlama");
    if (!Files.exists(target)) {
      Path checkpoint = folder.resolve("checkpoint");
      // it copies this file, which a checkpoint need not have
      Files.writeString(checkpoint.resolve("README.md"), "random weights\n");
      Path unfinished = Files.createTempDirectory(folder, "jlama");
      SafeTensorSupport.quantizeModel(
          checkpoint, DType.Q4, new String[0], new String[0], Optional.of(unfinished));
      Files.move(unfinished, target);
    }
    return target;
  }

  /** A text of so many tokens as the others get. */
  private static String prompt(AbstractModel model) {
    StringBuilder text = new StringBuilder();
    while (model.encodePrompt(PromptContext.of(text.toString())).length < Measured.PROMPT) {
      text.append("q7z ");
    }
    return text.toString();
  }

  private static Generator.Response run(AbstractModel model, String prompt, int tokens) {
    PromptContext context = PromptContext.of(prompt);
    // it counts the prompt, too
    int most = model.encodePrompt(context).length + tokens;
    return model.generate(UUID.randomUUID(), context, 0, most, (_, _) -> {});
  }
}
