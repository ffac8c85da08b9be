package dev.slm.prepare;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.model.Precision;
import dev.slm.quantize.WeightOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A configuration file for {@code olive run} with a ModelBuilder pass, read as what it asks for
 * here. Keys that change nothing here are named in warnings; what cannot be had is refused, all of
 * it at once, with what to write instead.
 *
 * @param model folder or name of the checkpoint
 * @param output folder for the result, empty for the cache
 */
public record OliveConfig(
    String model, Optional<String> output, WeightOptions options, List<String> warnings) {

  private static final long LARGEST_BYTES = 1 << 20;
  private static final String CPU = "CPUExecutionProvider";
  private static final Set<String> USED =
      Set.of("input_model", "passes", "output_dir", "systems", "host", "target");

  public OliveConfig {
    warnings = List.copyOf(warnings);
  }

  /** Reads a file, and reports all of its mistakes together. */
  public static OliveConfig read(Path file) {
    JsonNode root = Json.tree(file, LARGEST_BYTES);
    if (!root.isObject()) {
      throw Problem.badFile("'" + file + "': is not an object")
          .next("quantize FOLDER --precision int4");
    }
    OliveNotes notes = new OliveNotes();
    for (String key : root.propertyNames()) {
      if (!USED.contains(key)) {
        notes.ignored(key);
      }
    }
    String model = model(root.path("input_model"), notes);
    checkSystems(root.path("systems"), notes);
    WeightOptions options = options(root.path("passes"), notes);
    notes.refuse(file);
    Optional<String> output =
        root.path("output_dir").isString()
            ? Optional.of(root.path("output_dir").stringValue())
            : Optional.empty();
    return new OliveConfig(model, output, options, notes.warnings());
  }

  private static String model(JsonNode input, OliveNotes notes) {
    JsonNode fields = input.path("config").isObject() ? input.path("config") : input;
    String type = input.path("type").asString("HfModel");
    if (!type.equalsIgnoreCase("HfModel") && !type.equalsIgnoreCase("PyTorchModel")) {
      notes.mistake("input_model.type", "is '" + type + "'", "write \"HfModel\"");
    }
    if (fields.path("adapter_path").isString()) {
      notes.mistake(
          "input_model.adapter_path",
          "is not merged here",
          "merge the adapter into the checkpoint");
    }
    for (String key : fields.propertyNames()) {
      if (!Set.of("type", "model_path", "adapter_path", "config", "task").contains(key)) {
        notes.ignored("input_model." + key);
      }
    }
    String path = fields.path("model_path").asString("");
    if (path.isEmpty()) {
      notes.mistake("input_model.model_path", "is missing", "write the checkpoint's folder");
    }
    return path;
  }

  private static void checkSystems(JsonNode systems, OliveNotes notes) {
    for (Map.Entry<String, JsonNode> system : systems.properties()) {
      JsonNode fields = system.getValue();
      JsonNode config = fields.path("config").isObject() ? fields.path("config") : fields;
      for (JsonNode accelerator : elements(config.path("accelerators"))) {
        String where = "systems." + system.getKey() + ".accelerators";
        String device = accelerator.path("device").asString("cpu");
        if (!device.equalsIgnoreCase("cpu")) {
          notes.mistake(where + ".device", "is '" + device + "'", "write \"cpu\"");
        }
        for (JsonNode provider : elements(accelerator.path("execution_providers"))) {
          if (!provider.asString("").equals(CPU)) {
            notes.mistake(
                where + ".execution_providers", "has " + provider, "write [\"" + CPU + "\"]");
          }
        }
      }
    }
  }

  private static Iterable<JsonNode> elements(JsonNode node) {
    return node.isArray() ? node : List.of();
  }

  private static WeightOptions options(JsonNode passes, OliveNotes notes) {
    List<BuilderPass> builders = new ArrayList<>();
    for (Map.Entry<String, JsonNode> named : passes.properties()) {
      JsonNode value = named.getValue();
      for (JsonNode pass : value.isArray() ? value : List.of(value)) {
        String where = "passes." + named.getKey();
        String type = pass.path("type").asString("");
        if (type.equalsIgnoreCase("ModelBuilder")) {
          builders.add(new BuilderPass(where, pass, notes));
        } else {
          notes.mistake(
              where + ".type",
              "is '" + type + "'",
              "write one pass of type \"ModelBuilder\" and nothing else");
        }
      }
    }
    if (builders.size() != 1) {
      notes.mistake(
          "passes",
          "has " + builders.size() + " passes of type ModelBuilder",
          "write {\"builder\": {\"type\": \"ModelBuilder\", \"precision\": \"int4\"}}");
      return WeightOptions.of(Precision.INT4);
    }
    return builders.getFirst().options();
  }
}
