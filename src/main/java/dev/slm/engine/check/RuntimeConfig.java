package dev.slm.engine.check;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What {@code genai_config.json} says of a model, checked: how its graph's inputs and outputs are
 * called, its sizes, and the tokens that end an answer.
 *
 * @param graph the graph file's name inside the folder
 * @param pastKeys pattern with one {@code %d} for the layer, as the other three
 */
public record RuntimeConfig(
    String graph,
    String inputIds,
    String attentionMask,
    String positionIds,
    String pastKeys,
    String pastValues,
    String logits,
    String presentKeys,
    String presentValues,
    int layers,
    int keyValueHeads,
    int headSize,
    int vocabularySize,
    int contextLength,
    Set<Integer> stopTokens) {

  public static final String FILE_NAME = "genai_config.json";

  /** As for config.json: real ones have a few kilobytes. */
  private static final long MOST_BYTES = 1 << 20;

  /** Model parts that our own decode loop does not run. */
  private static final List<String> FOREIGN_PARTS =
      List.of("encoder", "vision", "speech", "embedding", "encoder_decoder_init");

  public RuntimeConfig {
    stopTokens = Set.copyOf(stopTokens);
  }

  /** Reads the folder's file; every mistake is named at once. */
  public static RuntimeConfig read(Path folder) {
    return new ConfigRules(folder.resolve(FILE_NAME), tree(folder)).config();
  }

  private static JsonNode tree(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw Problem.badFile("'" + folder + "' is not a runnable model")
          .why("it has no " + FILE_NAME)
          .next("quantize " + folder + " --precision int4");
    }
    return Json.tree(file, MOST_BYTES);
  }

  /** The part that only onnxruntime-genai runs, empty for a plain decoder. */
  public static String foreignPart(Path folder) {
    JsonNode model = tree(folder).path("model");
    if (model.path("decoder").has("pipeline")) {
      return "a pipeline of graphs";
    }
    return FOREIGN_PARTS.stream()
        .filter(model::has)
        .map(p -> "a part '" + p + "'")
        .findFirst()
        .orElse("");
  }

  public String pastKey(int layer) {
    return layer(pastKeys, layer);
  }

  public String pastValue(int layer) {
    return layer(pastValues, layer);
  }

  public String presentKey(int layer) {
    return layer(presentKeys, layer);
  }

  public String presentValue(int layer) {
    return layer(presentValues, layer);
  }

  private static String layer(String pattern, int layer) {
    return pattern.replace("%d", Integer.toString(layer));
  }
}
