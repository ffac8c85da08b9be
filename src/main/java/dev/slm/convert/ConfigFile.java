package dev.slm.convert;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.format.Shown;
import dev.slm.profile.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A checkpoint's {@code config.json}. Reading a field never throws: what is wrong with it is
 * remembered with the field's name, so that people hear of all mistakes at once.
 */
final class ConfigFile {
  static final String NAME = "config.json";

  /** Larger than any configuration of a model. */
  private static final long MOST_BYTES = 1 << 20;

  static final String QUANTIZED = "quantization_config";

  private static final List<String> AROUND_TEXT =
      List.of("bos_token_id", "eos_token_id", "pad_token_id", "tie_word_embeddings", QUANTIZED);

  private final Path file;
  private final JsonNode root;
  private final String prefix;
  private final Set<String> mistakes;

  private ConfigFile(Path file, JsonNode root, String prefix, Set<String> mistakes) {
    this.file = file;
    this.root = root;
    this.prefix = prefix;
    this.mistakes = mistakes;
  }

  static ConfigFile read(Path folder) {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      throw Problem.badFile("no " + NAME + " in '" + folder + "'")
          .why("it says of which family the weights are, and their sizes")
          .next("copy it there from where the weights come from, or: model download OWNER/NAME");
    }
    JsonNode root = Json.tree(file, MOST_BYTES);
    if (!root.isObject()) {
      throw Problem.badFile("'" + file + "': is not an object");
    }
    return new ConfigFile(file, root, "", new LinkedHashSet<>());
  }

  /**
   * The part that describes the text model of a family, with the family's values for what it leaves
   * out. Tokens and quantization stand outside of that part.
   */
  ConfigFile textOf(Family family) {
    ObjectNode merged = Json.lenient().valueToTree(family.defaults());
    Family.Multimodal multimodal = family.multimodal();
    if (multimodal == null || !family.isMultimodal(modelType())) {
      merged.setAll((ObjectNode) root);
      return new ConfigFile(file, merged, prefix, mistakes);
    }
    for (String field : AROUND_TEXT) {
      if (has(field)) {
        merged.set(field, root.get(field));
      }
    }
    ConfigFile text = object(multimodal.config());
    require(has(multimodal.config()), multimodal.config(), "is missing");
    merged.setAll((ObjectNode) text.root);
    return new ConfigFile(file, merged, text.prefix, mistakes);
  }

  /** The {@code model_type}, empty when there is none. */
  String modelType() {
    return text("model_type").orElse("");
  }

  boolean has(String field) {
    JsonNode value = root.get(field);
    return value != null && !value.isNull();
  }

  /**
   * A nested object; an empty one that reports to this file when it is absent or something else.
   */
  ConfigFile object(String field) {
    JsonNode value = root.get(field);
    if (has(field) && !value.isObject()) {
      mistake(field, value, "an object");
    }
    JsonNode inner = value != null && value.isObject() ? value : Json.object();
    return new ConfigFile(file, inner, prefix + field + ".", mistakes);
  }

  int whole(String field, int least, int most) {
    if (!has(field)) {
      mistakes.add(prefix + field + ": is missing");
      return least;
    }
    JsonNode value = root.get(field);
    boolean fits = value.isIntegralNumber() && value.canConvertToInt();
    if (!fits || value.intValue() < least || value.intValue() > most) {
      mistake(field, value, "a whole number from " + least + " to " + most);
      return least;
    }
    return value.intValue();
  }

  int whole(String field, int least, int most, int absent) {
    return has(field) ? whole(field, least, most) : absent;
  }

  /** A finite number above zero. */
  double positive(String field) {
    if (!has(field)) {
      mistakes.add(prefix + field + ": is missing");
      return 1;
    }
    JsonNode value = root.get(field);
    // 1e400 becomes infinite without a word
    if (!value.isNumber() || !Double.isFinite(value.doubleValue()) || !(value.doubleValue() > 0)) {
      mistake(field, value, "a number above 0");
      return 1;
    }
    return value.doubleValue();
  }

  double positive(String field, double absent) {
    return has(field) ? positive(field) : absent;
  }

  boolean flag(String field, boolean absent) {
    if (!has(field)) {
      return absent;
    }
    JsonNode value = root.get(field);
    if (!value.isBoolean()) {
      mistake(field, value, "true or false");
      return absent;
    }
    return value.booleanValue();
  }

  Optional<String> text(String field) {
    if (!has(field)) {
      return Optional.empty();
    }
    JsonNode value = root.get(field);
    if (!value.isString() || value.stringValue().length() > 200) {
      mistake(field, value, "a short text");
      return Optional.empty();
    }
    return Optional.of(value.stringValue());
  }

  /** A list of texts, empty when it is absent. */
  List<String> texts(String field) {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : list(field)) {
      if (!value.isString()) {
        mistake(field, value, "a list of texts");
        return List.of();
      }
      texts.add(value.stringValue());
    }
    return texts;
  }

  /** A list of numbers above zero, empty when it is absent. */
  List<Double> numbers(String field) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode value : list(field)) {
      if (!value.isNumber()
          || !(value.doubleValue() > 0)
          || !Double.isFinite(value.doubleValue())) {
        mistake(field, value, "a list of numbers above 0");
        return List.of();
      }
      numbers.add(value.doubleValue());
    }
    return numbers;
  }

  /** A whole number or a list of them, all within bounds; empty when it is absent. */
  List<Integer> wholes(String field, int least, int most) {
    if (!has(field)) {
      return List.of();
    }
    List<Integer> numbers = new ArrayList<>();
    JsonNode given = root.get(field);
    for (JsonNode value : given.isArray() ? list(field) : List.of(given)) {
      boolean fits = value.isIntegralNumber() && value.canConvertToInt();
      if (!fits || value.intValue() < least || value.intValue() > most) {
        mistake(field, value, "whole numbers from " + least + " to " + most);
        return List.of();
      }
      numbers.add(value.intValue());
    }
    return numbers;
  }

  /** Remembers a mistake that takes more than one field to see. */
  void require(boolean holds, String field, String what) {
    if (!holds) {
      mistakes.add(prefix + field + ": " + what);
    }
  }

  /** Ends here when there were mistakes. */
  void finish() {
    if (!mistakes.isEmpty()) {
      throw Problem.badFile("'" + file + "': " + String.join("; ", mistakes)).next(remedy());
    }
  }

  private String remedy() {
    return has(QUANTIZED)
        ? "quantize the checkpoint that it was made of"
        : "correct it, or bring it again: model download OWNER/NAME";
  }

  private Iterable<JsonNode> list(String field) {
    if (!has(field)) {
      return List.of();
    }
    JsonNode value = root.get(field);
    if (!value.isArray()) {
      mistake(field, value, "a list");
      return List.of();
    }
    return value;
  }

  private void mistake(String field, JsonNode value, String expected) {
    mistakes.add(
        prefix + field + ": is " + Shown.name(value.toString()) + " (expected " + expected + ")");
  }
}
