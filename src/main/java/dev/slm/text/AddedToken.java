package dev.slm.text;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An entry of {@code added_tokens}: text that the tokenizer finds before anything else.
 *
 * @param special never shown in decoded text
 * @param stripsLeft takes the white space before it along
 * @param stripsRight takes the white space behind it along
 */
record AddedToken(
    int id,
    String content,
    boolean special,
    boolean singleWord,
    boolean stripsLeft,
    boolean stripsRight,
    boolean normalized) {

  static AddedToken of(JsonNode node) {
    return new AddedToken(
        node.path("id").asInt(-1),
        node.path("content").asString(""),
        node.path("special").asBoolean(false),
        node.path("single_word").asBoolean(false),
        node.path("lstrip").asBoolean(false),
        node.path("rstrip").asBoolean(false),
        node.path("normalized").asBoolean(false));
  }

  /** The same token under a name that no text contains. */
  AddedToken named(String name) {
    return new AddedToken(id, name, special, singleWord, stripsLeft, stripsRight, false);
  }

  Map<String, Object> json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("content", content);
    fields.put("single_word", singleWord);
    fields.put("lstrip", stripsLeft);
    fields.put("rstrip", stripsRight);
    fields.put("normalized", normalized);
    fields.put("special", special);
    return fields;
  }
}
