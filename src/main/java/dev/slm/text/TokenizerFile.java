package dev.slm.text;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * A {@code tokenizer.json} that was read and checked in Java before native code sees it: a hostile
 * one could otherwise hang or kill the process (reliability document 4.3).
 */
final class TokenizerFile {
  /** Gemma's, the largest in use, has 34 MB. */
  private static final long MOST_BYTES = 128L << 20;

  private final String source;
  private final byte[] bytes;
  private final List<Section> sections = new ArrayList<>();
  private final Set<String> inVocabulary = new HashSet<>();
  private List<AddedToken> added = List.of();
  private List<Integer> prefix = List.of();
  private int size;
  private boolean modelSeen;

  /** Bytes of one top-level value, to be replaced by others. */
  private record Section(String name, int from, int to) {}

  private TokenizerFile(String source, byte[] bytes) {
    this.source = source;
    this.bytes = bytes;
  }

  static TokenizerFile read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MOST_BYTES) {
        throw Problem.badFile(
            "'" + file + "' is " + Units.bytes(size) + ", more than " + Units.bytes(MOST_BYTES));
      }
      return of(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  static TokenizerFile of(String source, byte[] bytes) {
    TokenizerFile file = new TokenizerFile(source, bytes);
    try {
      file.pass();
      if (!file.added.isEmpty() && file.addedCameLate()) {
        file.restart();
        file.pass();
      }
    } catch (JacksonException e) {
      throw Json.problem(source, e);
    }
    if (!file.modelSeen) {
      throw file.mistake("model", "is missing");
    }
    return file;
  }

  /** Tokens that are found in text before anything else. */
  List<AddedToken> added() {
    return added;
  }

  boolean isInVocabulary(AddedToken token) {
    return inVocabulary.contains(token.content());
  }

  /** Ids that the post-processor puts before a text. */
  List<Integer> prefix() {
    return prefix;
  }

  /** One more than the highest id. */
  int size() {
    return size;
  }

  Problem mistake(String field, String what) {
    return Problem.badFile("'" + source + "': " + field + " " + what);
  }

  /** The same file with other added tokens, and without the parts that change what text becomes. */
  String rewritten(List<AddedToken> tokens) {
    Map<String, String> values =
        Map.of(
            "added_tokens",
            Json.line(tokens.stream().map(AddedToken::json).toList()),
            "truncation",
            "null",
            "padding",
            "null",
            "post_processor",
            "null");
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    int copied = 0;
    sections.sort(Comparator.comparingInt(Section::from));
    for (Section section : sections) {
      out.write(bytes, copied, section.from - copied);
      out.writeBytes(values.getOrDefault(section.name, "null").getBytes(StandardCharsets.UTF_8));
      copied = section.to;
    }
    out.write(bytes, copied, bytes.length - copied);
    return out.toString(StandardCharsets.UTF_8);
  }

  private boolean addedCameLate() {
    return lateAdded;
  }

  private boolean lateAdded;

  private void restart() {
    sections.clear();
    inVocabulary.clear();
    size = 0;
    modelSeen = false;
  }

  private void pass() {
    try (JsonParser parser = Json.parser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw mistake("the file", "is not a JSON object");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        section(name, parser);
        if (Set.of("added_tokens", "truncation", "padding", "post_processor").contains(name)) {
          int to = Math.toIntExact(parser.currentLocation().getByteOffset());
          sections.add(new Section(name, from, to));
        }
      }
      if (parser.nextToken() != null) {
        throw mistake("the file", "has text behind its end");
      }
    }
  }

  private void section(String name, JsonParser parser) {
    switch (name) {
      case "added_tokens" -> addedTokens(Json.value(parser));
      case "normalizer", "pre_tokenizer", "decoder" ->
          new TokenizerRules(this).check(name, tree(parser));
      case "post_processor" -> postProcessor(tree(parser));
      case "model" -> model(parser);
      default -> parser.skipChildren();
    }
  }

  private static @Nullable JsonNode tree(JsonParser parser) {
    return parser.currentToken() == JsonToken.VALUE_NULL ? null : Json.value(parser);
  }

  private void addedTokens(JsonNode node) {
    List<AddedToken> tokens = new ArrayList<>();
    TokenizerRules rules = new TokenizerRules(this);
    for (JsonNode entry : node) {
      rules.checkAdded(tokens.size(), entry);
      AddedToken token = AddedToken.of(entry);
      tokens.add(token);
      size = Math.max(size, token.id() + 1);
    }
    rules.checkAddedCount(tokens.size());
    lateAdded = modelSeen;
    added = List.copyOf(tokens);
  }

  private void postProcessor(@Nullable JsonNode node) {
    if (node == null) {
      return;
    }
    new TokenizerRules(this).check("post_processor", node);
    prefix = PostProcessor.prefix(node);
  }

  private void model(JsonParser parser) {
    Set<String> wanted = new HashSet<>();
    added.forEach(token -> wanted.add(token.content()));
    VocabularyCheck check = new VocabularyCheck(this, wanted, inVocabulary);
    check.read(parser);
    size = Math.max(size, check.size());
    modelSeen = true;
  }
}
