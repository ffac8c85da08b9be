package dev.slm.text;

import dev.slm.base.Problem;
import java.util.BitSet;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Walks the {@code model} of a tokenizer once, token by token, without building it in memory. */
final class VocabularyCheck {
  /** The largest vocabulary in use has 262,144 tokens. */
  private static final int MOST_TOKENS = 1 << 22;

  private static final int MOST_MERGES = 5_000_000;
  private static final Set<String> TYPES = Set.of("BPE", "Unigram", "WordPiece", "WordLevel");

  private final TokenizerFile file;
  private final Set<String> wanted;
  private final Set<String> found;
  private final BitSet ids = new BitSet();

  VocabularyCheck(TokenizerFile file, Set<String> wanted, Set<String> found) {
    this.file = file;
    this.wanted = wanted;
    this.found = found;
  }

  int size() {
    return ids.length();
  }

  void read(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw file.mistake("model", "is not an object");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      switch (name) {
        case "type" -> checkType(parser);
        case "vocab" -> vocabulary(parser);
        case "merges" -> merges(parser);
        default -> parser.skipChildren();
      }
    }
    if (ids.isEmpty()) {
      throw file.mistake("model.vocab", "is empty");
    }
  }

  private void checkType(JsonParser parser) {
    if (!TYPES.contains(parser.getString())) {
      throw file.mistake("model.type", "is '" + parser.getString() + "', not one of " + TYPES);
    }
  }

  private void vocabulary(JsonParser parser) {
    switch (parser.currentToken()) {
      case START_OBJECT -> byName(parser);
      case START_ARRAY -> byPosition(parser);
      default -> throw file.mistake("model.vocab", "is neither an object nor a list");
    }
  }

  private void byName(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String token = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
        throw entry(token, "has no whole number as its id");
      }
      long id = parser.getLongValue();
      if (id < 0 || id >= MOST_TOKENS) {
        throw entry(token, "has id " + id + ", not between 0 and " + (MOST_TOKENS - 1));
      }
      if (ids.get((int) id)) {
        throw entry(token, "has id " + id + " that another token has too");
      }
      add(token, (int) id);
    }
  }

  private void byPosition(JsonParser parser) {
    int id = 0;
    while (parser.nextToken() == JsonToken.START_ARRAY) {
      if (id >= MOST_TOKENS || parser.nextToken() != JsonToken.VALUE_STRING) {
        throw file.mistake("model.vocab[" + id + "]", "is not a piece with its score");
      }
      String token = parser.getString();
      if (!parser.nextToken().isNumeric() || parser.nextToken() != JsonToken.END_ARRAY) {
        throw file.mistake("model.vocab[" + id + "]", "is not a piece with its score");
      }
      add(token, id++);
    }
    if (parser.currentToken() != JsonToken.END_ARRAY) {
      throw file.mistake("model.vocab[" + id + "]", "is not a piece with its score");
    }
  }

  private void add(String token, int id) {
    ids.set(id);
    if (wanted.contains(token)) {
      found.add(token);
    }
  }

  private void merges(JsonParser parser) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw file.mistake("model.merges", "is not a list");
    }
    int count = 0;
    for (JsonToken next = parser.nextToken();
        next != JsonToken.END_ARRAY;
        next = parser.nextToken()) {
      boolean pair = next == JsonToken.START_ARRAY ? isPair(parser) : isSpaced(parser, next);
      if (!pair || count++ >= MOST_MERGES) {
        throw file.mistake("model.merges[" + count + "]", "is not a pair of tokens");
      }
    }
  }

  private static boolean isPair(JsonParser parser) {
    boolean first = parser.nextToken() == JsonToken.VALUE_STRING;
    boolean second = first && parser.nextToken() == JsonToken.VALUE_STRING;
    return second && parser.nextToken() == JsonToken.END_ARRAY;
  }

  private static boolean isSpaced(JsonParser parser, JsonToken token) {
    if (token != JsonToken.VALUE_STRING) {
      return false;
    }
    String merge = parser.getString();
    int blank = merge.indexOf(' ');
    return blank > 0 && blank == merge.lastIndexOf(' ') && blank < merge.length() - 1;
  }

  private Problem entry(String token, String what) {
    return file.mistake("model.vocab: the token '" + Printable.of(token) + "'", what);
  }
}
