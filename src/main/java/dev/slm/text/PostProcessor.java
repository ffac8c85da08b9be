package dev.slm.text;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the post-processor of a tokenizer puts before a text, such as a beginning-of-text token. */
final class PostProcessor {
  private PostProcessor() {}

  static List<Integer> prefix(JsonNode node) {
    return switch (node.path("type").asString("")) {
      case "Sequence" -> ofSequence(node.path("processors"));
      case "TemplateProcessing" -> ofTemplate(node);
      default -> List.of();
    };
  }

  private static List<Integer> ofSequence(JsonNode processors) {
    List<Integer> ids = new ArrayList<>();
    processors.forEach(processor -> ids.addAll(prefix(processor)));
    return List.copyOf(ids);
  }

  private static List<Integer> ofTemplate(JsonNode node) {
    List<Integer> ids = new ArrayList<>();
    for (JsonNode piece : node.path("single")) {
      JsonNode special = piece.path("SpecialToken");
      if (special.isMissingNode()) {
        break;
      }
      node.path("special_tokens")
          .path(special.path("id").asString(""))
          .path("ids")
          .forEach(id -> ids.add(id.asInt()));
    }
    return List.copyOf(ids);
  }
}
