package dev.slm.shell;

import dev.slm.base.Problem;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Finds a value by a path such as {@code models[0].name}, with or without {@code $} in front. */
final class JsonPath {
  private static final Pattern STEP =
      Pattern.compile("\\G(?:\\.?([^.\\[\\]]+)|\\[(-?\\d+)]|\\[['\"]([^'\"]*)['\"]])");

  private JsonPath() {}

  static Optional<JsonNode> find(JsonNode root, String path) {
    String steps = path.startsWith("$") ? path.substring(1) : path;
    Matcher matcher = STEP.matcher(steps);
    JsonNode node = root;
    int end = 0;
    while (matcher.find()) {
      end = matcher.end();
      String name = matcher.group(1) != null ? matcher.group(1) : matcher.group(3);
      node = name != null ? node.path(name) : element(node, Integer.parseInt(matcher.group(2)));
    }
    if (end != steps.length()) {
      throw Problem.usage("'" + path + "' is no path").why("paths look like models[0].name");
    }
    return node.isMissingNode() ? Optional.empty() : Optional.of(node);
  }

  /** The value as text: strings without quotes, everything else as JSON. */
  static String text(JsonNode node) {
    return node.isString() ? node.asString() : node.toString();
  }

  private static JsonNode element(JsonNode node, int index) {
    return node.path(index < 0 ? node.size() + index : index);
  }
}
