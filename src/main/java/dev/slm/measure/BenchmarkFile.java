package dev.slm.measure;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Reads the workshop's {@code models.json} and files of prompts; names all mistakes at once. */
public final class BenchmarkFile {
  private static final long LARGEST = 4 << 20;
  private static final Set<String> FIELDS =
      Set.of("models", "prompts", "rounds", "warmup", "max_tokens", "stream");
  private static final Set<String> TAG_FIELDS = Set.of("capabilities", "size_mb");

  private static final int MOST_IN_EXAMPLE = 4;

  /** The model that comes with the program, for whoever has no other. */
  private static final Map<String, Long> DEMO = Map.of("slm-demo", 4_000_000L);

  /**
   * What {@code benchmark init} writes: a file that runs as it is.
   *
   * @param sizes the models that are there, with their bytes
   */
  public static String example(Map<String, Long> sizes) {
    String models =
        (sizes.isEmpty() ? DEMO : sizes)
            .entrySet().stream()
                .limit(MOST_IN_EXAMPLE)
                .map(BenchmarkFile::exampleOf)
                .collect(Collectors.joining(",\n"));
    return """
        {
          "models": {
        %s
          },
          "prompts": [
            "List 3 privacy benefits of local inference.",
            "Summarize retrieval augmented generation."
          ],
          "rounds": 3,
          "warmup": 1,
          "max_tokens": 64,
          "stream": true
        }
        """
        .formatted(models);
  }

  private static String exampleOf(Map.Entry<String, Long> model) {
    long megabytes = Math.ceilDiv(model.getValue(), 1_000_000);
    return "    %s: { \"capabilities\": [\"chat\"], \"size_mb\": %d }"
        .formatted(Json.line(model.getKey()), megabytes);
  }

  private final Path file;
  private final List<String> mistakes = new ArrayList<>();

  private BenchmarkFile(Path file) {
    this.file = file;
  }

  /**
   * The settings with what a file says: {@code {models, prompts, rounds, …}}, or only {@code
   * {alias: {capabilities, size_mb}}}.
   */
  public static BenchmarkSettings read(Path file, BenchmarkSettings settings) {
    return new BenchmarkFile(file).settings(settings);
  }

  private BenchmarkSettings settings(BenchmarkSettings settings) {
    JsonNode root = Json.tree(file, LARGEST);
    if (!root.isObject()) {
      throw Problem.badFile("'" + file + "' is not a JSON object").next("benchmark init");
    }
    boolean isPlain = root.propertyNames().stream().noneMatch(FIELDS::contains);
    BenchmarkSettings read = isPlain ? models(root, settings) : fields(root, settings);
    refuse();
    return read;
  }

  private BenchmarkSettings fields(JsonNode root, BenchmarkSettings settings) {
    unknown(root, FIELDS, "");
    BenchmarkSettings read = settings;
    if (root.has("models")) {
      read = models(root.path("models"), read);
    }
    if (root.has("prompts")) {
      read = read.withPrompts(texts(root.path("prompts"), "prompts"));
    }
    read = read.withRounds(whole(root, "", "rounds", 1, 9999, read.rounds()));
    read = read.withWarmup(whole(root, "", "warmup", 0, 100, read.warmup()));
    read = read.withMaxTokens(whole(root, "", "max_tokens", 1, 1_000_000, read.maxTokens()));
    if (root.has("stream") && !root.path("stream").isBoolean()) {
      mistakes.add("stream: " + shown(root.path("stream")) + ", expected true or false");
    }
    return read.withStream(root.path("stream").asBoolean(read.isStreamed()));
  }

  private BenchmarkSettings models(JsonNode models, BenchmarkSettings settings) {
    if (models.isArray()) {
      return settings.withModels(texts(models, "models"));
    }
    if (!models.isObject() || models.isEmpty()) {
      mistakes.add("models: " + shown(models) + ", expected a list of names or {name: {…}}");
      return settings;
    }
    Map<String, BenchmarkSettings.Tag> tags = new LinkedHashMap<>();
    models
        .propertyStream()
        .forEach(entry -> tags.put(entry.getKey(), tag(entry.getKey(), entry.getValue())));
    return settings.withModels(List.copyOf(tags.keySet())).withTags(tags);
  }

  private BenchmarkSettings.Tag tag(String model, JsonNode tag) {
    if (!tag.isObject()) {
      mistakes.add(model + ": " + shown(tag) + ", expected {capabilities, size_mb}");
      return new BenchmarkSettings.Tag(List.of(), 0);
    }
    unknown(tag, TAG_FIELDS, model + ".");
    List<String> capabilities =
        tag.has("capabilities")
            ? texts(tag.path("capabilities"), model + ".capabilities")
            : List.of();
    int size = whole(tag, model + ".", "size_mb", 0, Integer.MAX_VALUE, 0);
    return new BenchmarkSettings.Tag(capabilities, size);
  }

  private void unknown(JsonNode object, Set<String> known, String prefix) {
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        mistakes.add(
            prefix
                + name
                + ": unknown, expected one of "
                + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }

  private List<String> texts(JsonNode list, String field) {
    List<String> texts = new ArrayList<>();
    if (!list.isArray() || (list.isEmpty() && !field.endsWith("capabilities"))) {
      mistakes.add(field + ": " + shown(list) + ", expected a list of texts");
    }
    for (int i = 0; i < list.size(); i++) {
      JsonNode text = list.path(i);
      if (text.isString() && !text.stringValue().isBlank()) {
        texts.add(text.stringValue());
      } else {
        mistakes.add(field + "[" + i + "]: " + shown(text) + ", expected a text");
      }
    }
    return texts;
  }

  private int whole(
      JsonNode object, String prefix, String field, int least, int most, int otherwise) {
    if (!object.has(field)) {
      return otherwise;
    }
    JsonNode value = object.path(field);
    if (value.isInt() && value.intValue() >= least && value.intValue() <= most) {
      return value.intValue();
    }
    mistakes.add(
        "%s%s: %s, expected a number from %d to %d"
            .formatted(prefix, field, shown(value), least, most));
    return otherwise;
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
  }

  /** Prompts of a file: a JSON list of texts, or one prompt a line, with {@code #} comments. */
  public static List<String> prompts(Path file) {
    if (file.toString().endsWith(".json")) {
      BenchmarkFile reader = new BenchmarkFile(file);
      List<String> prompts = reader.texts(Json.tree(file, LARGEST), "prompts");
      reader.refuse();
      return prompts;
    }
    try {
      List<String> prompts =
          Files.readAllLines(file).stream()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .toList();
      if (prompts.isEmpty()) {
        throw Problem.badFile("'" + file + "' has no prompts");
      }
      return prompts;
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  private void refuse() {
    if (!mistakes.isEmpty()) {
      String count = mistakes.size() == 1 ? "one mistake" : mistakes.size() + " mistakes";
      throw Problem.badFile(count + " in '" + file + "':\n  " + String.join("\n  ", mistakes))
          .next("benchmark init writes an example");
    }
  }
}
