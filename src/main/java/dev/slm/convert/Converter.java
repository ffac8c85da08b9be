package dev.slm.convert;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.format.OnnxGraph;
import dev.slm.format.Safetensors;
import dev.slm.format.WeightEncoder;
import dev.slm.format.WeightFile;
import dev.slm.profile.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns a checkpoint's folder into one that onnxruntime-genai, Foundry Local and our own engine
 * run: {@code model.onnx} with {@code model.onnx.data}, the runtime's configuration, and the
 * tokenizer's files as they were. Weights pass through one after the other.
 */
public final class Converter {
  static final String GRAPH_FILE = "model.onnx";
  private static final String WEIGHTS_FILE = "model.onnx.data";

  private Converter() {}

  /**
   * What a conversion made.
   *
   * @param files names below the folder
   * @param parameters number of weights in the checkpoint
   * @param stopTokens ids that end an answer
   */
  public record Converted(
      Path folder,
      List<String> files,
      String family,
      long parameters,
      int contextLength,
      List<Integer> stopTokens) {
    public Converted {
      files = List.copyOf(files);
      stopTokens = List.copyOf(stopTokens);
    }
  }

  /** The family of a checkpoint, or a problem that lists the known ones. */
  public static Family familyOf(Path checkpoint, List<Family> known) {
    ConfigFile config = ConfigFile.read(checkpoint);
    String type = config.modelType();
    config.require(!type.isEmpty(), "model_type", "is missing" + ModelClass.hint(config, known));
    ModelClass.check(config);
    config.finish();
    try {
      return Family.of(type, known);
    } catch (Problem unknown) {
      throw UnknownFamily.explained(unknown, checkpoint, known);
    }
  }

  /** Reads a checkpoint's configuration and refuses it with all its mistakes. */
  public static Architecture architecture(Path checkpoint, Family family) {
    return ArchitectureReader.read(family, ConfigFile.read(checkpoint).textOf(family));
  }

  /** A checkpoint's weights for text, by the names that its family has for them. */
  public static Safetensors weights(Path checkpoint, Family family) {
    Safetensors all = Safetensors.open(checkpoint);
    Family.Multimodal multimodal = family.multimodal();
    return multimodal != null && family.isMultimodal(ConfigFile.read(checkpoint).modelType())
        ? all.renamed(multimodal::textName)
        : all;
  }

  /** Refuses, before any work, what a conversion would refuse: a file or tensor that is missing. */
  public static void check(Path checkpoint, Architecture architecture, Safetensors tensors) {
    runtime(checkpoint, architecture, TokenizerFiles.of(checkpoint));
    Weights.of(checkpoint, tensors, architecture, Progress.NONE);
  }

  /**
   * Converts a checkpoint into a folder, which is made if it is absent. Nothing else may use the
   * folder meanwhile: callers convert to a temporary one and move it when it is complete.
   *
   * @param encoder tells the progress of the bytes that it has read
   * @param name what the model will be called
   */
  public static Converted convert(
      Path checkpoint,
      Family family,
      WeightEncoder encoder,
      String name,
      Path folder,
      Progress progress) {
    Architecture architecture = architecture(checkpoint, family);
    TokenizerFiles tokenizer = TokenizerFiles.of(checkpoint);
    RuntimeConfig runtime = runtime(checkpoint, architecture, tokenizer);
    try (Safetensors tensors = weights(checkpoint, family)) {
      Weights weights = Weights.of(checkpoint, tensors, architecture, progress);
      progress.start("converting", tensors.bytes(), Progress.Unit.BYTES);
      createFolder(folder);
      writeGraph(architecture, weights, encoder, folder, progress);
      List<String> files = new ArrayList<>(List.of(GRAPH_FILE, WEIGHTS_FILE));
      files.addAll(runtime.write(folder, name));
      files.addAll(tokenizer.copyTo(folder));
      return new Converted(
          folder,
          files,
          family.name(),
          tensors.parameters(),
          architecture.contextLength(),
          runtime.stopTokens());
    }
  }

  private static RuntimeConfig runtime(
      Path checkpoint, Architecture architecture, TokenizerFiles tokenizer) {
    RuntimeConfig runtime = new RuntimeConfig(architecture, tokenizer);
    if (runtime.stopTokens().isEmpty()) {
      throw Problem.badFile(
              "'" + checkpoint.resolve(ConfigFile.NAME) + "': eos_token_id: is missing")
          .why("no token would end an answer");
    }
    return runtime;
  }

  private static void writeGraph(
      Architecture architecture,
      Weights weights,
      WeightEncoder encoder,
      Path folder,
      Progress progress) {
    try (WeightFile data = WeightFile.create(folder.resolve(WEIGHTS_FILE))) {
      OnnxGraph graph = new OnnxGraph("main_graph", data);
      graph.metadata("slm.logits", "last position when attention_mask is 2");
      if (architecture.hasLongRotations()) {
        // as long as attention_mask is 3 or 4, and with more tokens anyway
        graph.metadata("slm.long_context", Integer.toString(architecture.rope().shortLength()));
      }
      new DecoderGraph(new GraphBlock(graph, encoder, weights, architecture, progress)).add();
      graph.write(folder.resolve(GRAPH_FILE));
    }
  }

  private static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder, e);
    }
  }
}
