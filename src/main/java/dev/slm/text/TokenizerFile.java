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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/**
 * A {@code tokenizer.json} that was read and checked in Java before native code sees it: a hostile
 * one could otherwise hang or kill the process (reliability document 4.3).
 */
final class TokenizerFile {
  /** Gemma's, the largest in use, has 34 MB. */
  private static final long MOST_BYTES = 128L << 20;

  private static final int LONGEST_SHOWN = 24;

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
    } catch (JsonWalk.Malformed e) {
      throw file.notJson(e);
    } catch (JacksonException e) {
      throw Json.problem(source, e);
    }
    if (!file.modelSeen) {
      throw file.mistake("model", "is missing");
    }
    return file;
  }

  /** What a parser says of it, which knows lines and fields. */
  private Problem notJson(JsonWalk.Malformed malformed) {
    try (JsonParser parser = Json.parser(bytes)) {
      while (parser.nextToken() != null) {
        parser.skipChildren();
      }
      return mistake("the file", "is " + malformed.getMessage());
    } catch (JacksonException e) {
      return Json.problem(source, e);
    }
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
  byte[] rewritten(List<AddedToken> tokens) {
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
    return out.toByteArray();
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
    JsonWalk walk = new JsonWalk(bytes);
    if (walk.peek() != '{') {
      throw mistake("the file", "is not a JSON object");
    }
    eachField(
        walk,
        "",
        name -> {
          int from = walk.at();
          section(name, walk);
          if (Set.of("added_tokens", "truncation", "padding", "post_processor").contains(name)) {
            sections.add(new Section(name, from, walk.position()));
          }
        });
    walk.end();
  }

  /**
   * Goes through an object, of which each field may be there once.
   *
   * @param above where it stands in the file, with a point behind it
   * @param value goes past the value of the field that it is given
   */
  void eachField(JsonWalk walk, String above, Consumer<String> value) {
    Set<String> names = new HashSet<>();
    walk.open('{');
    while (walk.hasNext('}')) {
      walk.name();
      String name = walk.text();
      if (!names.add(name)) {
        throw mistake(above + Printable.of(name), "is there twice");
      }
      value.accept(name);
    }
  }

  private void section(String name, JsonWalk walk) {
    switch (name) {
      case "added_tokens" -> addedTokens(walk.tree());
      case "normalizer", "pre_tokenizer", "decoder" ->
          new TokenizerRules(this).check(name, tree(walk));
      case "post_processor" -> postProcessor(tree(walk));
      case "model" -> model(walk);
      default -> walk.value();
    }
  }

  private static @Nullable JsonNode tree(JsonWalk walk) {
    JsonNode tree = walk.tree();
    return tree.isNull() ? null : tree;
  }

  /** What stands at a place of the file, for people who look for it. */
  String text(int from) {
    int to = from;
    while (to < bytes.length && to - from < LONGEST_SHOWN && " ,]}\n\r".indexOf(bytes[to]) < 0) {
      to++;
    }
    return Printable.of(new String(bytes, from, to - from, StandardCharsets.UTF_8));
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

  private void model(JsonWalk walk) {
    Set<String> wanted = new HashSet<>();
    added.forEach(token -> wanted.add(token.content()));
    VocabularyCheck check = new VocabularyCheck(this, wanted, inVocabulary);
    check.read(walk);
    size = Math.max(size, check.size());
    modelSeen = true;
  }
}
