package dev.slm.serve.openai;

import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The labels of a request, which change no answer. Newer clients of Foundry Local put options
 * there, as texts: those count as if they stood beside the labels.
 */
final class Metadata {
  private static final String FIELD = "metadata";

  /** OpenAI's own limits. */
  private static final int MOST_LABELS = 16;

  private static final int LONGEST_LABEL = 512;

  private static final Set<String> OPTIONS = Set.of("ttl", "ep", "top_k", "random_seed");

  private Metadata() {}

  /** Gives a request the options of its metadata; what it says itself wins. */
  static void lift(ObjectNode request) {
    JsonNode metadata = request.path(FIELD);
    for (String option : OPTIONS) {
      if (metadata.isObject() && metadata.has(option) && !request.has(option)) {
        request.set(option, typed(metadata.get(option)));
      }
    }
  }

  private static JsonNode typed(JsonNode value) {
    boolean isNumber = value.isString() && value.asString().matches("-?[0-9]{1,18}");
    return isNumber ? JsonNodeFactory.instance.numberNode(Long.parseLong(value.asString())) : value;
  }

  /** Notes what is wrong with the labels. */
  static void check(Fields fields) {
    Optional<JsonNode> metadata = fields.any(FIELD);
    if (metadata.isEmpty()) {
      return;
    }
    if (!metadata.get().isObject() || metadata.get().size() > MOST_LABELS) {
      fields.wrong(FIELD, "is not an object of up to " + MOST_LABELS + " labels");
      return;
    }
    boolean isGood =
        metadata.get().valueStream().noneMatch(JsonNode::isContainer)
            && metadata
                .get()
                .valueStream()
                .allMatch(value -> value.asString("").length() <= LONGEST_LABEL);
    if (!isGood) {
      fields.wrong(FIELD, "has a label that is not a text of up to " + LONGEST_LABEL);
    }
  }
}
