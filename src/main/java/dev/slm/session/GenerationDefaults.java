package dev.slm.session;

import dev.slm.base.Json;
import dev.slm.model.GenerationSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * How a model's makers want it to answer: the product's defaults, changed by {@code
 * genai_config.json}, then {@code generation_config.json}, then {@code ModelConfig} of {@code
 * inference_model.json}, which people write by hand.
 *
 * @param notes values that were out of their range and are not used, a sentence each
 */
public record GenerationDefaults(GenerationSettings settings, List<String> notes) {
  private static final long LARGEST = 1 << 20;

  public GenerationDefaults {
    notes = List.copyOf(notes);
  }

  /** Reads what a model folder says. */
  public static GenerationDefaults of(Path folder) {
    Reader reader = new Reader();
    reader.apply("genai_config.json", file(folder, "genai_config.json").path("search"));
    reader.apply("generation_config.json", file(folder, "generation_config.json"));
    reader.apply("inference_model.json", file(folder, "inference_model.json").path("ModelConfig"));
    return new GenerationDefaults(reader.settings, reader.notes);
  }

  private static JsonNode file(Path folder, String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? Json.tree(file, LARGEST) : Json.object();
  }

  /** Changes the settings field by field, so that one bad value spoils no other. */
  private static final class Reader {
    private GenerationSettings settings = GenerationSettings.DEFAULT;
    private final List<String> notes = new ArrayList<>();

    void apply(String source, JsonNode node) {
      if (!node.isObject()) {
        return;
      }
      number(source, node, "temperature", value -> s -> s.withTemperature(value));
      number(source, node, "top_k", value -> s -> s.withTopK((int) value));
      number(source, node, "top_p", value -> s -> s.withTopP(value));
      number(source, node, "min_p", value -> s -> s.withMinP(value));
      number(source, node, "max_new_tokens", value -> s -> s.withMaxTokens((int) value));
      number(source, node, "repetition_penalty", Reader::repetition);
      if (node.path("do_sample").isBoolean() && !node.path("do_sample").asBoolean()) {
        settings = settings.withTemperature(0);
      }
    }

    private static UnaryOperator<GenerationSettings> repetition(double value) {
      return s ->
          s.withPenalties(value, s.presencePenalty(), s.frequencyPenalty(), s.noRepeatNgram());
    }

    private void number(String source, JsonNode node, String field, Change change) {
      JsonNode value = node.path(field);
      if (value.isMissingNode() || value.isNull()) {
        return;
      }
      List<String> mistakes = List.of("'" + field + "' is not a number");
      if (value.isNumber()) {
        GenerationSettings changed = change.to(value.asDouble()).apply(settings);
        mistakes = changed.mistakes();
        settings = mistakes.isEmpty() ? changed : settings;
      }
      mistakes.forEach(mistake -> notes.add(source + ": " + mistake + "; it is not used"));
    }

    private interface Change {
      UnaryOperator<GenerationSettings> to(double value);
    }
  }
}
