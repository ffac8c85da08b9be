package dev.slm.text;

import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the small parts of a {@code tokenizer.json} may hold. */
final class TokenizerRules {
  private static final int MOST_ID = 1 << 22;
  private static final int MOST_ADDED = 50_000;

  /** The component types of the reference library, version 0.21. */
  private static final Set<String> TYPES =
      Set.of(
          "Sequence",
          // normalizers
          "BertNormalizer",
          "ByteLevel",
          "Lowercase",
          "NFC",
          "NFD",
          "NFKC",
          "NFKD",
          "Nmt",
          "Precompiled",
          "Prepend",
          "Replace",
          "Strip",
          "StripAccents",
          // pre-tokenizers
          "BertPreTokenizer",
          "CharDelimiterSplit",
          "Digits",
          "FixedLength",
          "Metaspace",
          "Punctuation",
          "Split",
          "UnicodeScripts",
          "Whitespace",
          "WhitespaceSplit",
          // post-processors
          "BertProcessing",
          "RobertaProcessing",
          "TemplateProcessing",
          // decoders
          "BPEDecoder",
          "ByteFallback",
          "CTC",
          "Fuse",
          "WordPiece");

  private final TokenizerFile file;

  TokenizerRules(TokenizerFile file) {
    this.file = file;
  }

  void check(String field, @Nullable JsonNode node) {
    if (node == null) {
      return;
    }
    if (!node.isObject()) {
      throw file.mistake(field, "is not an object");
    }
    String type = node.path("type").asString("");
    if (!TYPES.contains(type)) {
      throw file.mistake(field + ".type", "is '" + Printable.of(type) + "', which is not known");
    }
    checkPattern(field, node.path("pattern").path("Regex"));
    checkCharsmap(field, node.path("precompiled_charsmap"));
    for (String parts : Set.of("normalizers", "pretokenizers", "decoders", "processors")) {
      int index = 0;
      for (JsonNode part : node.path(parts)) {
        check(field + "[" + index++ + "]", part);
      }
    }
    checkTemplate(field, type, node);
  }

  void checkAdded(int index, JsonNode entry) {
    String field = "added_tokens[" + index + "]";
    JsonNode id = entry.path("id");
    if (!id.isIntegralNumber() || id.asLong(-1) < 0 || id.asLong(-1) >= MOST_ID) {
      throw file.mistake(field + ".id", "is " + Printable.of(id.toString()));
    }
    if (entry.path("content").asString("").isEmpty()) {
      throw file.mistake(field + ".content", "is empty");
    }
  }

  void checkAddedCount(int count) {
    if (count > MOST_ADDED) {
      throw file.mistake("added_tokens", "has " + count + " entries, more than " + MOST_ADDED);
    }
  }

  private void checkPattern(String field, JsonNode pattern) {
    if (pattern.isMissingNode()) {
      return;
    }
    RegexRules.mistake(pattern.asString(""))
        .ifPresent(
            mistake -> {
              throw file.mistake(field + ".pattern", mistake);
            });
  }

  /** Native code trusts the sizes in this table. */
  private void checkCharsmap(String field, JsonNode charsmap) {
    if (charsmap.isMissingNode() || charsmap.isNull()) {
      return;
    }
    try {
      byte[] map = Base64.getDecoder().decode(charsmap.asString(""));
      if (map.length >= 4) {
        long trie = Integer.toUnsignedLong(Integer.reverseBytes(readInt(map)));
        if (trie % 4 == 0 && trie <= map.length - 4) {
          return;
        }
      }
    } catch (IllegalArgumentException ignored) {
      // told below, with the other ways in which it can be wrong
    }
    throw file.mistake(field + ".precompiled_charsmap", "is not a table");
  }

  private static int readInt(byte[] bytes) {
    return (bytes[0] & 0xff) << 24
        | (bytes[1] & 0xff) << 16
        | (bytes[2] & 0xff) << 8
        | (bytes[3] & 0xff);
  }

  private void checkTemplate(String field, String type, JsonNode node) {
    if (!type.equals("TemplateProcessing")) {
      return;
    }
    for (JsonNode piece : node.path("single")) {
      String id = piece.path("SpecialToken").path("id").asString("");
      if (!id.isEmpty() && node.path("special_tokens").path(id).isMissingNode()) {
        throw file.mistake(field + ".single", "names the unknown token '" + Printable.of(id) + "'");
      }
    }
  }
}
