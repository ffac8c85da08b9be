package dev.slm.prepare;

import dev.slm.model.Precision;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.BlockFormat;
import dev.slm.quantize.WeightOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A ModelBuilder pass: its options directly in it or below {@code config}, as {@code
 * int4_block_size} and so on, or as {@code quantization_config} with {@code block_size} and {@code
 * is_symmetric}.
 */
final class BuilderPass {
  private static final String QUANTIZATION = "quantization_config";

  private static final List<String> BLOCK_KEYS =
      List.of("int4_block_size", "int4_is_symmetric", "int4_accuracy_level", "int4_algo_config");

  /** Below {@code quantization_config}, as the deployment guide writes them. */
  private static final List<String> GUIDE_KEYS = List.of("block_size", "is_symmetric");

  /** Weights that suffer most from 4 bits; the model builder's mixed recipe gives them 8, too. */
  private static final List<String> SENSITIVE =
      List.of("*/layers.{sensitive}/*/qkv_proj/*", "*/layers.{sensitive}/*/down_proj/*");

  /** Features of other kinds of models and devices: true cannot be had. */
  private static final Set<String> REFUSED =
      Set.of(
          "use_qdq", "exclude_embeds", "exclude_lm_head", "include_hidden_states", "metadata_only");

  private final String where;
  private final JsonNode fields;
  private final OliveNotes notes;

  BuilderPass(String where, JsonNode pass, OliveNotes notes) {
    this.where = where;
    this.fields = pass.path("config").isObject() ? pass.path("config") : pass;
    this.notes = notes;
  }

  WeightOptions options() {
    noteOthers();
    WeightOptions options = WeightOptions.of(precision());
    if (!options.precision().isBlockwise()) {
      noteBlockKeys();
      return options.withPatterns(excluded(), List.of());
    }
    noteShadowed("int4_block_size", "block_size");
    noteShadowed("int4_is_symmetric", "is_symmetric");
    options =
        options
            .withBlocks(blockSize(options.blockSize()), isSymmetric(options.symmetric()))
            .withAccuracyLevel(accuracyLevel(options.accuracyLevel()))
            .withPatterns(excluded(), List.of());
    return withAlgorithm(options);
  }

  private void noteOthers() {
    Set<String> used =
        Set.of(
            "type",
            "config",
            "precision",
            "int4_block_size",
            "int4_is_symmetric",
            "int4_accuracy_level",
            "int4_nodes_to_exclude",
            "int4_algo_config",
            QUANTIZATION);
    for (String key : fields.propertyNames()) {
      boolean isAsked = fields.path(key).asBoolean(false);
      if (REFUSED.contains(key) && isAsked) {
        notes.mistake(where + "." + key, "is true", "leave it out");
      } else if (!used.contains(key) && !REFUSED.contains(key)) {
        notes.ignored(where + "." + key);
      }
    }
    for (String key : fields.path(QUANTIZATION).propertyNames()) {
      if (!GUIDE_KEYS.contains(key)) {
        notes.ignored(where + "." + QUANTIZATION + "." + key);
      }
    }
  }

  /** fp16 and fp32 store each weight by itself. */
  private void noteBlockKeys() {
    for (String key : BLOCK_KEYS) {
      if (isGiven(fields.path(key))) {
        notes.ignored(where + "." + key);
      }
    }
    for (String key : GUIDE_KEYS) {
      if (isGiven(fields.path(QUANTIZATION).path(key))) {
        notes.ignored(where + "." + QUANTIZATION + "." + key);
      }
    }
  }

  private void noteShadowed(String documented, String guide) {
    JsonNode first = fields.path(documented);
    JsonNode second = fields.path(QUANTIZATION).path(guide);
    if (isGiven(first) && isGiven(second) && !first.equals(second)) {
      notes.ignored(where + "." + QUANTIZATION + "." + guide);
    }
  }

  /** People write null for what they do not set. */
  private static boolean isGiven(JsonNode value) {
    return !value.isMissingNode() && !value.isNull();
  }

  private Precision precision() {
    JsonNode value = fields.path("precision");
    Optional<Precision> found = Precision.find(value.asString(""));
    if (found.isEmpty()) {
      String shown = value.isMissingNode() ? "is missing" : "is " + value;
      notes.mistake(
          where + ".precision", shown, "write one of " + String.join(", ", Precision.ids()));
    }
    return found.orElse(Precision.INT4);
  }

  private int blockSize(int otherwise) {
    JsonNode value = either("int4_block_size", "block_size");
    if (!isGiven(value)) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !BlockFormat.SIZES.contains(value.asInt(0))) {
      notes.mistake(where + ".int4_block_size", "is " + value, "write one of " + BlockFormat.SIZES);
      return otherwise;
    }
    return value.intValue();
  }

  private boolean isSymmetric(boolean otherwise) {
    JsonNode value = either("int4_is_symmetric", "is_symmetric");
    if (isGiven(value) && !value.isBoolean()) {
      notes.mistake(where + ".int4_is_symmetric", "is " + value, "write true or false");
    }
    return value.isBoolean() ? value.booleanValue() : otherwise;
  }

  /** A value in either of its two spellings; the documented one wins. */
  private JsonNode either(String documented, String guide) {
    JsonNode first = fields.path(documented);
    return !isGiven(first) ? fields.path(QUANTIZATION).path(guide) : first;
  }

  private int accuracyLevel(int otherwise) {
    JsonNode value = fields.path("int4_accuracy_level");
    if (!isGiven(value)) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || value.asInt(-1) < 0 || value.asInt(-1) > 4) {
      notes.mistake(where + ".int4_accuracy_level", "is " + value, "write 0 to 4");
      return otherwise;
    }
    return value.intValue();
  }

  private List<String> excluded() {
    JsonNode given = fields.path("int4_nodes_to_exclude");
    List<String> patterns = new ArrayList<>();
    boolean fits = given.isArray() || !isGiven(given);
    for (JsonNode node : given) {
      fits &= node.isString();
      patterns.add(node.asString(""));
    }
    if (!fits) {
      notes.mistake(
          where + ".int4_nodes_to_exclude",
          "is " + given,
          "write a list such as [\"/lm_head/MatMul\"]");
    }
    return patterns;
  }

  private WeightOptions withAlgorithm(WeightOptions options) {
    JsonNode given = fields.path("int4_algo_config");
    String name = isGiven(given) ? given.asString(given.toString()) : "default";
    return switch (name) {
      case "default", "rtn" -> options;
      case "k_quant" -> options.withAlgorithm(Algorithm.K_QUANT);
      case "k_quant_last" -> options.withAlgorithm(Algorithm.K_QUANT).withHead(Precision.INT8);
      case "k_quant_mixed" ->
          options
              .withAlgorithm(Algorithm.K_QUANT)
              .withHead(Precision.INT8)
              .withPatterns(options.exclude(), SENSITIVE);
      default -> {
        notes.mistake(
            where + ".int4_algo_config",
            "is '" + name + "'",
            "write default, rtn, k_quant_last or k_quant_mixed");
        yield options;
      }
    };
  }
}
