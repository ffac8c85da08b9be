package dev.slm.convert;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** The small files of a checkpoint: what belongs to text, to generation and to the licence. */
final class TokenizerFiles {
  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /** What travels with the weights, by the names that Hugging Face checkpoints use. */
  private static final List<String> COPIED =
      List.of(
          TOKENIZER,
          TOKENIZER_CONFIG,
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "chat_template.jinja",
          "chat_template.json",
          "generation_config.json");

  private static final Pattern LICENCE =
      Pattern.compile("(?i)(licen[cs]e|notice|use_policy|copying)(\\.(txt|md))?");

  /** No tokenizer and no template is larger. */
  private static final long MOST_BYTES = 64L << 20;

  private final Path folder;

  private TokenizerFiles(Path folder) {
    this.folder = folder;
  }

  static TokenizerFiles of(Path folder) {
    if (!Files.isRegularFile(folder.resolve(TOKENIZER))) {
      throw Problem.badFile("no " + TOKENIZER + " in '" + folder + "'")
          .why("older checkpoints have tokenizer.model only, which cannot be read here")
          .next(
              "in Python: AutoTokenizer.from_pretrained('%1$s').save_pretrained('%1$s')"
                  .formatted(folder));
    }
    return new TokenizerFiles(folder);
  }

  /** Copies the files that are there and returns their names. */
  List<String> copyTo(Path target) {
    List<String> names = new ArrayList<>(COPIED);
    try {
      FileTree.children(folder).stream()
          .map(file -> file.getFileName().toString())
          .filter(name -> LICENCE.matcher(name).matches())
          .sorted()
          .forEach(names::add);
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
    return names.stream().filter(name -> copy(folder.resolve(name), target)).toList();
  }

  private static boolean copy(Path file, Path target) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw Problem.badFile("'" + file + "' is larger than any such file");
      }
      DurableFile.write(target.resolve(file.getFileName().toString()), Files.readAllBytes(file));
      return true;
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  /** The chat template's text, empty when there is none. */
  String chatTemplate() {
    Path file = folder.resolve("chat_template.jinja");
    try {
      if (Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES) {
        return Files.readString(file);
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
    return tree(TOKENIZER_CONFIG).map(TokenizerFiles::templateOf).orElse("");
  }

  private static String templateOf(JsonNode config) {
    JsonNode template = config.path("chat_template");
    // several templates with names: the one that is not for tools or documents counts
    for (JsonNode named : template.isArray() ? template : List.<JsonNode>of()) {
      if ("default".equals(named.path("name").asString(""))) {
        return named.path("template").asString("");
      }
    }
    return template.isString() ? template.stringValue() : "";
  }

  /** {@code generation_config.json}, if there is one. */
  Optional<JsonNode> generation() {
    return tree("generation_config.json");
  }

  /** Texts of the tokens for padding and for the unknown, which no conversation holds. */
  List<String> neverWrittenTokens() {
    JsonNode config = tree(TOKENIZER_CONFIG).orElseGet(() -> Json.object());
    return Stream.of("pad_token", "unk_token")
        .map(config::path)
        .map(token -> token.isObject() ? token.path("content") : token)
        .filter(JsonNode::isString)
        .map(JsonNode::stringValue)
        .toList();
  }

  private Optional<JsonNode> tree(String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file)
        ? Optional.of(Json.tree(file, MOST_BYTES)).filter(JsonNode::isObject)
        : Optional.empty();
  }

  /** Texts and ids of the tokens that stand beside the vocabulary, such as those of roles. */
  Map<String, Integer> addedTokens() {
    Path file = folder.resolve(TOKENIZER);
    try (InputStream bytes = Files.newInputStream(file);
        JsonParser parser = Json.parser(bytes)) {
      Map<String, Integer> tokens = new LinkedHashMap<>();
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        if (field.equals("added_tokens")) {
          addTokens(Json.value(parser), tokens);
        } else {
          parser.skipChildren();
        }
      }
      return tokens;
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    } catch (JacksonException e) {
      throw Json.problem(file.toString(), e);
    }
  }

  private static void addTokens(JsonNode added, Map<String, Integer> tokens) {
    for (JsonNode token : added) {
      if (token.path("id").canConvertToInt() && token.path("content").isString()) {
        tokens.put(token.get("content").stringValue(), token.get("id").intValue());
      }
    }
  }
}
