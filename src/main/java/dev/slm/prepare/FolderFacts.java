package dev.slm.prepare;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.format.Safetensors;
import dev.slm.model.Manifest;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * What a folder says of its model.
 *
 * @param family as the folder calls it, empty when it does not
 * @param parameters 0 when unknown
 * @param contextLength 0 when unknown
 */
record FolderFacts(Manifest.Kind kind, String family, long parameters, int contextLength) {
  private static final long LARGEST = 4 << 20;
  private static final String RUNTIME = "genai_config.json";

  static FolderFacts of(Path folder) {
    if (Files.isRegularFile(folder.resolve(RUNTIME))) {
      JsonNode model = json(folder.resolve(RUNTIME)).path("model");
      return new FolderFacts(
          Manifest.Kind.MODEL,
          model.path("type").asString(""),
          0,
          model.path("context_length").asInt(0));
    }
    JsonNode config = json(folder.resolve("config.json"));
    return new FolderFacts(
        Manifest.Kind.CHECKPOINT,
        config.path("model_type").asString(""),
        parameters(folder),
        config
            .path("max_position_embeddings")
            .asInt(config.path("text_config").path("max_position_embeddings").asInt(0)));
  }

  /** Counts weights by the headers, which also shows whether the files can be read at all. */
  private static long parameters(Path folder) {
    try (Safetensors tensors = Safetensors.open(folder)) {
      return tensors.parameters();
    }
  }

  private static JsonNode json(Path file) {
    try {
      return Json.tree(file, LARGEST);
    } catch (Problem e) {
      // a folder without these facts can still be kept; loading it says what is wrong
      return MissingNode.getInstance();
    }
  }
}
