package dev.slm.serve.openai;

import dev.slm.session.LoadRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The fields that chat and completions read in the same way. */
final class Common {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_LABEL = 1_024;
  private static final int LONGEST_TTL_SECONDS = 7 * 24 * 3600;

  private Common() {}

  static String model(Fields fields) {
    Optional<String> model = fields.text("model", LONGEST_NAME).filter(name -> !name.isBlank());
    if (model.isEmpty()) {
      fields.wrong("model", "must name a model");
    }
    return model.orElse("");
  }

  static boolean usageAtEnd(Fields fields, boolean stream) {
    Optional<JsonNode> options = fields.any("stream_options");
    if (options.isEmpty()) {
      return false;
    }
    if (!options.get().isObject()) {
      fields.wrong("stream_options", "is not an object");
      return false;
    }
    if (!stream) {
      fields.wrong("stream_options", "needs 'stream': true");
    }
    Fields inside = fields.inside("stream_options", options.get());
    boolean usage = inside.fact("include_usage").orElse(false);
    inside.unsupported("include_obfuscation", "false");
    inside.refuseOthers();
    return usage;
  }

  static void format(Fields fields) {
    Optional<JsonNode> format = fields.any("response_format");
    if (format.isEmpty()) {
      return;
    }
    if (!format.get().isObject()) {
      fields.wrong("response_format", "is not an object");
      return;
    }
    Fields inside = fields.inside("response_format", format.get());
    String type = inside.text("type", LONGEST_LABEL).orElse("");
    if (Set.of("json_object", "json_schema").contains(type)) {
      inside.wrong("type", "'" + type + "' is not supported; only 'text' is");
    } else if (!type.equals("text")) {
      inside.wrong("type", "is '" + Fields.shorten(type) + "', not 'text'");
    } else {
      inside.refuseOthers();
    }
  }

  static void tools(Fields fields) {
    fields.unsupported("tools", "[]");
    fields.unsupported("tool_choice", "\"none\"", "\"auto\"");
    fields.unsupported("functions", "[]");
    fields.unsupported("function_call", "\"none\"", "\"auto\"");
    fields.fact("parallel_tool_calls");
    fields.unsupported("modalities", "[\"text\"]");
    fields.unsupported("audio");
    fields.unsupported("reasoning_effort");
    fields.unsupported("verbosity", "\"medium\"");
    fields.unsupported("prediction");
    fields.unsupported("web_search_options");
    fields.unsupported("chat_template");
    fields.unsupported("chat_template_kwargs", "{}");
    fields.unsupported("guided_regex");
    fields.unsupported("guided_json");
    fields.unsupported("guided_choice");
    fields.unsupported("guided_grammar");
  }

  /** How long to keep the model after this request, as Foundry Local's clients say it. */
  static LoadRequest load(Fields fields) {
    OptionalLong seconds = fields.whole("ttl", 0, LONGEST_TTL_SECONDS);
    return seconds.isPresent()
        ? LoadRequest.DEFAULT.withKeepAlive(Duration.ofSeconds(seconds.getAsLong()))
        : LoadRequest.DEFAULT;
  }

  /** What names the caller, and what can only have the value that holds anyway. */
  static void rest(Fields fields) {
    fields.text("user", LONGEST_LABEL);
    fields.text("safety_identifier", LONGEST_LABEL);
    fields.text("prompt_cache_key", LONGEST_LABEL);
    Metadata.check(fields);
    fields.unsupported("n", "1");
    fields.unsupported("store", "false");
    fields.unsupported("prompt_cache_retention", "\"in_memory\"", "\"in-memory\"");
    fields.unsupported("service_tier", "\"auto\"", "\"default\"");
    // Foundry Local's clients may name an execution provider
    fields.unsupported("ep", "\"\"", "\"cpu\"", "\"CPU\"", "\"CPUExecutionProvider\"");
  }
}
