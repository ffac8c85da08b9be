package dev.slm.engine.check;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Whether our own decode loop can run a folder: one graph for text alone whose attention adds rows
 * to the KV cache in place. Everything else is for onnxruntime-genai.
 */
public final class InPlace {
  private static final long MOST_BYTES = 1 << 20;
  private static final String OPERATOR = "GroupQueryAttention";

  private InPlace() {}

  /**
   * What speaks against it, as the rest of a sentence; empty also where a folder cannot be read.
   */
  public static Optional<String> mistake(Path folder) {
    try {
      String foreign = RuntimeConfig.foreignPart(folder);
      if (!foreign.isEmpty()) {
        return Optional.of("has " + foreign);
      }
      return sharesBuffer(folder) ? Optional.empty() : attention(folder);
    } catch (Problem | ProtoReader.Malformed _) {
      // told when the folder is loaded
      return Optional.empty();
    }
  }

  /** Programs that make such folders say so, which saves looking into the graph. */
  private static boolean sharesBuffer(Path folder) {
    JsonNode root = Json.tree(folder.resolve(RuntimeConfig.FILE_NAME), MOST_BYTES);
    return root.path("search").path("past_present_share_buffer").asBoolean(false);
  }

  private static Optional<String> attention(Path folder) {
    RuntimeConfig config = RuntimeConfig.read(folder);
    Path graph = folder.resolve(config.graph());
    if (!Files.isRegularFile(graph)) {
      return Optional.empty();
    }
    return OnnxModel.read(graph).graph().nodes().stream()
        .filter(node -> node.outputs().contains(config.presentKey(0)))
        .map(OnnxModel.Node::op)
        .filter(op -> !op.equals(OPERATOR))
        .map(op -> "makes its KV cache with '" + Shown.reason(op) + "', not in place")
        .findFirst();
  }
}
