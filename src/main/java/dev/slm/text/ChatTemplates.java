package dev.slm.text;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Finds the chat template of a model folder. The first of these is used: {@code
 * chat_template.jinja}; {@code chat_template} in {@code tokenizer_config.json}; {@code
 * PromptTemplate} in {@code inference_model.json}; the patterns of the model's family. The model's
 * own comes first because a hand-written PromptTemplate that differs from it spoils answers.
 */
public final class ChatTemplates {
  private static final String JINJA = "chat_template.jinja";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String MODEL = "inference_model.json";
  private static final String FAMILY = "the profile of its family";

  private static final long LONGEST_TEMPLATE = 1 << 20;

  /** Files with 100,000 added tokens exist. */
  private static final long LARGEST_CONFIG = 32 << 20;

  private ChatTemplates() {}

  /**
   * The template of a folder.
   *
   * @param family the patterns of the model's family, asked for when the folder has no template
   */
  public static ChatTemplate of(Path folder, Supplier<List<PromptTemplate>> family) {
    JsonNode config = tree(folder.resolve(CONFIG));
    Map<String, String> variables = variables(config);
    Optional<String> file = text(folder.resolve(JINJA));
    if (file.isPresent()) {
      return ChatTemplate.ofJinja(JINJA, file.get(), variables);
    }
    Optional<String> inConfig = inConfig(config.path("chat_template"));
    if (inConfig.isPresent()) {
      return ChatTemplate.ofJinja(CONFIG, inConfig.get(), variables);
    }
    JsonNode patterns = tree(folder.resolve(MODEL)).path("PromptTemplate");
    if (patterns.isObject()) {
      return ChatTemplate.ofPatterns(MODEL, PromptTemplate.of(MODEL, patterns));
    }
    return fitting(folder, family.get())
        .map(found -> ChatTemplate.ofPatterns(FAMILY, found))
        .orElseThrow(() -> none(folder));
  }

  /** Where templates are looked for, in this order, and whether there is one. */
  public static Map<String, Boolean> sources(Path folder, Supplier<List<PromptTemplate>> family) {
    Map<String, Boolean> sources = new LinkedHashMap<>();
    sources.put(JINJA, Files.isRegularFile(folder.resolve(JINJA)));
    sources.put(CONFIG, inConfig(tree(folder.resolve(CONFIG)).path("chat_template")).isPresent());
    sources.put(MODEL, tree(folder.resolve(MODEL)).path("PromptTemplate").isObject());
    sources.put(FAMILY, fitting(folder, family.get()).isPresent());
    return sources;
  }

  /** A family's models were taught different patterns; their special tokens tell which. */
  private static Optional<PromptTemplate> fitting(Path folder, List<PromptTemplate> known) {
    Path file = folder.resolve(Tokenizer.FILE_NAME);
    if (known.isEmpty() || !Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Set<String> tokens =
        TokenizerFile.read(file).added().stream()
            .map(AddedToken::content)
            .collect(Collectors.toSet());
    return known.stream().filter(template -> tokens.contains(template.mark())).findFirst();
  }

  private static Problem none(Path folder) {
    return Problem.badFile("'" + folder + "' has no chat template")
        .why(
            "neither %s nor %s nor %s holds one, and none of its family fits its tokens"
                .formatted(JINJA, CONFIG, MODEL))
        .next("write one into '" + folder.resolve(JINJA) + "'");
  }

  private static Optional<String> inConfig(JsonNode node) {
    if (node.isString()) {
      return Optional.of(checked(CONFIG, node.asString("")));
    }
    if (!node.isArray()) {
      return Optional.empty();
    }
    String found = null;
    for (JsonNode entry : node) {
      if (entry.path("name").asString("").equals("default")) {
        if (found != null) {
          throw Problem.badFile("'" + CONFIG + "': chat_template has two named 'default'");
        }
        found = entry.path("template").asString("");
      }
    }
    return Optional.ofNullable(found).map(text -> checked(CONFIG, text));
  }

  private static String checked(String source, String text) {
    checkLength(source, text.length());
    return text;
  }

  private static void checkLength(String source, long length) {
    if (length > LONGEST_TEMPLATE) {
      throw Problem.badFile(
          "'" + source + "': the chat template is longer than " + Units.bytes(LONGEST_TEMPLATE));
    }
  }

  /** The names of special tokens, as templates use them. */
  private static Map<String, String> variables(JsonNode config) {
    Map<String, String> variables = new HashMap<>();
    for (String name : new String[] {"bos_token", "eos_token", "pad_token", "unk_token"}) {
      JsonNode token = config.path(name);
      String text = token.isObject() ? token.path("content").asString("") : token.asString("");
      if (!text.isEmpty()) {
        variables.put(name, text);
      }
    }
    return variables;
  }

  private static JsonNode tree(Path file) {
    return Files.isRegularFile(file) ? Json.tree(file, LARGEST_CONFIG) : Json.object();
  }

  private static Optional<String> text(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      checkLength(JINJA, Files.size(file));
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }
}
