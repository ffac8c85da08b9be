package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import dev.slm.format.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a folder or file holds that people took for a checkpoint, and what to do with it. */
final class OtherFolder {
  private static final String ADAPTER = "adapter_config.json";
  private static final long MOST_ADAPTER = 1 << 20;

  /** A snapshot in the cache of Hugging Face lies two folders deeper. */
  private static final int DEEPEST = 3;

  private final Path folder;
  private final List<Path> files;

  private OtherFolder(Path folder, List<Path> files) {
    this.folder = folder;
    this.files = files;
  }

  /**
   * Why a folder without weights in its place cannot be quantized.
   *
   * @param hasWeights whether a folder is a checkpoint
   */
  static Problem problem(Path folder, Predicate<Path> hasWeights) {
    try {
      OtherFolder other = new OtherFolder(folder, FileTree.children(folder));
      return other
          .adapter()
          .or(other::gguf)
          .or(other::onnx)
          .or(() -> other.deeper(hasWeights))
          .or(other::shards)
          .or(other::pickle)
          .orElseGet(
              () ->
                  Problem.badFile("no checkpoint in '" + folder + "'")
                      .why("there is neither model.safetensors nor model.safetensors.index.json")
                      .next("model download NAME, or name the folder that has config.json"));
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
  }

  /** Why a file cannot be quantized. */
  static Problem problem(Path file) {
    if (file.toString().endsWith(".gguf")) {
      return gguf(file);
    }
    Path parent = file.getParent();
    return Problem.usage("'" + file + "' is a file")
        .why("a checkpoint is the folder with config.json, tokenizer.json and safetensors files")
        .next("quantize " + SafeText.word(parent == null ? "." : parent));
  }

  private Optional<Problem> adapter() {
    Path file = folder.resolve(ADAPTER);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    String base = Json.tree(file, MOST_ADAPTER).path("base_model_name_or_path").asString("");
    String of = base.isEmpty() ? "another model" : Shown.name(base);
    return Optional.of(
        Problem.usage("'" + folder + "' is an adapter (LoRA), not a whole model")
            .why("it changes " + of + " and has to be merged into it first")
            .next(
                "in Python: AutoPeftModelForCausalLM.from_pretrained('"
                    + folder
                    + "').merge_and_unload().save_pretrained('merged'), copy the tokenizer's files"
                    + " there, then: quantize merged"));
  }

  private Optional<Problem> gguf() {
    return ending(".gguf").map(OtherFolder::gguf);
  }

  private static Problem gguf(Path file) {
    return Problem.usage("'" + file + "' is a GGUF file")
        .why("its weights are stored for llama.cpp, and mostly quantized already")
        .next("quantize the checkpoint that it was made of, the folder with safetensors files");
  }

  private Optional<Problem> onnx() {
    return ending("model.onnx")
        .map(
            _ ->
                Problem.usage("'" + folder + "' is an ONNX model already")
                    .why(
                        "it does not keep its checkpoint's weights, so that it cannot be quantized"
                            + " again")
                    .next("quantize the checkpoint it was made of"));
  }

  private Optional<Problem> deeper(Predicate<Path> hasWeights) {
    return FileTree.folders(folder, DEEPEST).stream()
        .skip(1)
        .filter(hasWeights)
        .findFirst()
        .map(
            inner ->
                Problem.usage("no checkpoint in '" + folder + "', but in a folder below it")
                    .next("quantize " + SafeText.word(inner)));
  }

  private Optional<Problem> shards() {
    return ending(".safetensors")
        .map(
            file ->
                Problem.badFile("'" + folder + "' has no model.safetensors.index.json")
                    .why(
                        "'"
                            + file.getFileName()
                            + "' is there, and nothing says what belongs to it")
                    .next("bring model.safetensors.index.json from where the weights come from"));
  }

  private Optional<Problem> pickle() {
    return Stream.of(".bin", ".pt", ".pth")
        .flatMap(end -> ending(end).stream())
        .findFirst()
        .map(
            file ->
                Problem.badFile("no safetensors weights in '" + folder + "'")
                    .why("'" + file.getFileName() + "' is a PyTorch file: it can run code")
                    .next(
                        "in Python: model.save_pretrained('safe', safe_serialization=True), or"
                            + " bring a published safetensors file"));
  }

  private Optional<Path> ending(String end) {
    return files.stream().filter(file -> file.getFileName().toString().endsWith(end)).findFirst();
  }
}
