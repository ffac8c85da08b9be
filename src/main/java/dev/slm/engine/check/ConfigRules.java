package dev.slm.engine.check;

import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The rules that a {@code genai_config.json} has to keep. Each stands for a value that killed, hung
 * or took over a process in onnxruntime-genai, or that our own loop could not honour.
 */
final class ConfigRules {
  private static final int MOST_LAYERS = 1000;
  private static final int MOST_HEADS = 4096;
  private static final int MOST_VOCABULARY = 4_000_000;
  private static final int MOST_CONTEXT = 16_000_000;
  private static final int MOST_THREADS = 1024;
  private static final int MOST_BEAMS = 64;
  private static final int LONGEST_NAME = 200;

  /** Session options without effect outside of the process; paths and profiles are refused. */
  private static final Set<String> SESSION_OPTIONS =
      Set.of(
          "log_id",
          "log_severity_level",
          "log_verbosity_level",
          "provider_options",
          "intra_op_num_threads",
          "inter_op_num_threads",
          "enable_cpu_mem_arena",
          "enable_mem_pattern",
          "graph_optimization_level",
          "disable_cpu_ep_fallback",
          "disable_quant_qdq",
          "enable_quant_qdq_cleanup",
          "use_env_allocators",
          "session.intra_op.allow_spinning",
          "session.inter_op.allow_spinning");

  private final Path file;
  private final JsonNode root;
  private final List<String> mistakes = new ArrayList<>();

  ConfigRules(Path file, JsonNode root) {
    this.file = file;
    this.root = root;
  }

  RuntimeConfig config() {
    JsonNode model = object(root, "model", "model");
    JsonNode decoder = object(model, "decoder", "model.decoder");
    JsonNode inputs = decoder.path("inputs");
    JsonNode outputs = decoder.path("outputs");
    int vocabulary = number(model, "vocab_size", "model.vocab_size", 1, MOST_VOCABULARY);
    int heads =
        number(decoder, "num_attention_heads", "model.decoder.num_attention_heads", 1, MOST_HEADS);
    int keyValueHeads =
        decoder.has("num_key_value_heads")
            ? number(
                decoder, "num_key_value_heads", "model.decoder.num_key_value_heads", 1, MOST_HEADS)
            : heads;
    RuntimeConfig config =
        new RuntimeConfig(
            fileName(decoder),
            name(inputs, "input_ids", "input_ids"),
            name(inputs, "attention_mask", "attention_mask"),
            name(inputs, "position_ids", "position_ids"),
            pattern(inputs, "past_key_names", "past_key_values.%d.key"),
            pattern(inputs, "past_value_names", "past_key_values.%d.value"),
            name(outputs, "logits", "logits"),
            pattern(outputs, "present_key_names", "present.%d.key"),
            pattern(outputs, "present_value_names", "present.%d.value"),
            number(decoder, "num_hidden_layers", "model.decoder.num_hidden_layers", 1, MOST_LAYERS),
            keyValueHeads,
            number(decoder, "head_size", "model.decoder.head_size", 1, MOST_HEADS),
            vocabulary,
            number(model, "context_length", "model.context_length", 1, MOST_CONTEXT),
            stopTokens(model, vocabulary));
    refuseForeignCode(root, "");
    checkSession(decoder.path("session_options"));
    checkWindow(decoder.path("sliding_window"));
    checkSearch(root.path("search"), vocabulary);
    if (!mistakes.isEmpty()) {
      throw Problem.badFile("'" + file + "': " + String.join("; ", mistakes))
          .next("doctor " + file.getParent());
    }
    return config;
  }

  private JsonNode object(JsonNode parent, String field, String path) {
    JsonNode node = parent.path(field);
    if (!node.isObject()) {
      mistakes.add("'" + path + "' is missing");
    }
    return node;
  }

  private int number(JsonNode parent, String field, String path, int min, int max) {
    JsonNode node = parent.path(field);
    if (node.isIntegralNumber()
        && node.canConvertToInt()
        && node.asInt() >= min
        && node.asInt() <= max) {
      return node.asInt();
    }
    String found = node.isMissingNode() ? "missing" : Shown.value(node.toString());
    mistakes.add("'" + path + "' is " + found + ", not a number from " + min + " to " + max);
    return min;
  }

  private String fileName(JsonNode decoder) {
    JsonNode node = decoder.path("filename");
    String name = node.isMissingNode() ? "model.onnx" : node.asString("");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      mistakes.add(
          "'model.decoder.filename' is " + Shown.value(name) + ", not a file of the folder");
    }
    return name;
  }

  private String name(JsonNode parent, String field, String standard) {
    JsonNode node = parent.path(field);
    String name = node.isMissingNode() ? standard : node.asString("");
    if (name.isEmpty() || name.length() > LONGEST_NAME || !Shown.isPlain(name)) {
      mistakes.add("'" + field + "' is " + Shown.value(name) + ", not a name");
    }
    return name;
  }

  /** Other engines hand this text to printf, so exactly one %d may stand in it. */
  private String pattern(JsonNode parent, String field, String standard) {
    String pattern = name(parent, field, standard);
    if (pattern.chars().filter(c -> c == '%').count() != 1 || !pattern.contains("%d")) {
      mistakes.add("'" + field + "' is " + Shown.value(pattern) + ", not a name with one %d");
    }
    return pattern;
  }

  private Set<Integer> stopTokens(JsonNode model, int vocabulary) {
    Set<Integer> tokens = new TreeSet<>();
    JsonNode node = model.path("eos_token_id");
    Iterable<JsonNode> ids = node.isArray() ? node : List.of(node);
    for (JsonNode id : ids) {
      if (id.isMissingNode() || id.isNull()) {
        continue;
      }
      if (id.isIntegralNumber()
          && id.canConvertToInt()
          && id.asInt() >= 0
          && id.asInt() < vocabulary) {
        tokens.add(id.asInt());
      } else {
        mistakes.add(
            "'model.eos_token_id' is "
                + Shown.value(id.toString())
                + ", not a token of the vocabulary");
      }
    }
    return tokens;
  }

  /** A library named here would run as native code when the model is loaded. */
  private void refuseForeignCode(JsonNode node, String path) {
    if (node.isArray()) {
      node.forEach(child -> refuseForeignCode(child, path + "[]"));
    }
    node.properties()
        .forEach(
            field -> {
              String name = field.getKey().toLowerCase(java.util.Locale.ROOT);
              if (name.contains("library") || name.contains("custom_op")) {
                mistakes.add(
                    "'"
                        + Shown.plain(path + field.getKey())
                        + "' would run native code of the folder");
              }
              refuseForeignCode(field.getValue(), path + field.getKey() + ".");
            });
  }

  private void checkSession(JsonNode options) {
    for (String option : options.propertyNames()) {
      if (!SESSION_OPTIONS.contains(option)) {
        mistakes.add("session option '" + Shown.plain(option) + "' is not one that models may set");
      }
    }
    for (String threads : List.of("intra_op_num_threads", "inter_op_num_threads")) {
      if (options.has(threads)) {
        number(options, threads, threads, 0, MOST_THREADS);
      }
    }
  }

  private void checkWindow(JsonNode window) {
    if (window.isObject() && window.has("window_size")) {
      number(window, "window_size", "model.decoder.sliding_window.window_size", 1, MOST_CONTEXT);
    }
  }

  private void checkSearch(JsonNode search, int vocabulary) {
    checkNumber(search, "max_length", 1, MOST_CONTEXT);
    checkNumber(search, "min_length", 0, MOST_CONTEXT);
    checkNumber(search, "num_beams", 1, MOST_BEAMS);
    checkNumber(search, "num_return_sequences", 1, MOST_BEAMS);
    checkNumber(search, "top_k", 0, vocabulary);
    for (String field : List.of("temperature", "top_p", "repetition_penalty", "length_penalty")) {
      JsonNode value = search.path(field);
      boolean good =
          value.isMissingNode()
              || value.isNull()
              || (value.isNumber() && Math.abs(value.asDouble()) < 1000);
      if (!good) {
        mistakes.add(
            "'search."
                + field
                + "' is "
                + Shown.value(value.toString())
                + ", not a number below 1000");
      }
    }
  }

  private void checkNumber(JsonNode search, String field, int min, int max) {
    if (search.has(field) && !search.path(field).isNull()) {
      number(search, field, "search." + field, min, max);
    }
  }
}
