package dev.slm.text;

import dev.slm.base.Problem;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Set;

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

  /** How many bytes the wanted tokens have. */
  private final BitSet lengths = new BitSet();

  VocabularyCheck(TokenizerFile file, Set<String> wanted, Set<String> found) {
    this.file = file;
    this.wanted = wanted;
    this.found = found;
    wanted.forEach(token -> lengths.set(token.getBytes(StandardCharsets.UTF_8).length));
  }

  int size() {
    return ids.length();
  }

  void read(JsonWalk walk) {
    if (walk.peek() != '{') {
      throw file.mistake("model", "is not an object");
    }
    file.eachField(
        walk,
        "model.",
        name -> {
          switch (name) {
            case "type" -> checkType(walk.tree().asString(""));
            case "vocab" -> vocabulary(walk);
            case "merges" -> merges(walk);
            default -> walk.value();
          }
        });
    if (ids.isEmpty()) {
      throw file.mistake("model.vocab", "is empty");
    }
  }

  private void checkType(String type) {
    if (!TYPES.contains(type)) {
      throw file.mistake("model.type", "is '" + Printable.of(type) + "', not one of " + TYPES);
    }
  }

  private void vocabulary(JsonWalk walk) {
    switch (walk.peek()) {
      case '{' -> byName(walk);
      case '[' -> byPosition(walk);
      default -> throw file.mistake("model.vocab", "is neither an object nor a list");
    }
  }

  private void byName(JsonWalk walk) {
    walk.open('{');
    while (walk.hasNext('}')) {
      walk.name();
      if (!walk.isNumber()) {
        throw entry(walk, "has no whole number as its id");
      }
      int from = walk.at();
      long id = walk.number();
      if (id < 0 || id >= MOST_TOKENS) {
        throw entry(walk, "has id " + file.text(from) + ", not between 0 and " + (MOST_TOKENS - 1));
      }
      if (ids.get((int) id)) {
        throw entry(walk, "has id " + id + " that another token has too");
      }
      add(walk, (int) id);
    }
  }

  private void byPosition(JsonWalk walk) {
    int id = 0;
    walk.open('[');
    while (walk.hasNext(']')) {
      if (id >= MOST_TOKENS || !isScoredPiece(walk, id)) {
        throw file.mistake("model.vocab[" + id + "]", "is not a piece with its score");
      }
      id++;
    }
  }

  private boolean isScoredPiece(JsonWalk walk, int id) {
    if (walk.peek() != '[') {
      return false;
    }
    walk.open('[');
    if (!walk.hasNext(']') || walk.peek() != '"') {
      return false;
    }
    walk.string();
    add(walk, id);
    if (!walk.hasNext(']') || !walk.isNumber()) {
      return false;
    }
    var _ = walk.number();
    return !walk.hasNext(']');
  }

  /** Only few tokens are looked for: texts are made of those that are as long as one of them. */
  private void add(JsonWalk walk, int id) {
    ids.set(id);
    if (walk.hasEscapes() || lengths.get(walk.textBytes())) {
      String token = walk.text();
      if (wanted.contains(token)) {
        found.add(token);
      }
    }
  }

  private void merges(JsonWalk walk) {
    if (walk.peek() != '[') {
      throw file.mistake("model.merges", "is not a list");
    }
    int count = 0;
    walk.open('[');
    while (walk.hasNext(']')) {
      boolean pair = walk.peek() == '[' ? isPair(walk) : isSpaced(walk);
      if (!pair || count++ >= MOST_MERGES) {
        throw file.mistake("model.merges[" + count + "]", "is not a pair of tokens");
      }
    }
  }

  private static boolean isPair(JsonWalk walk) {
    walk.open('[');
    for (int i = 0; i < 2; i++) {
      if (!walk.hasNext(']') || walk.peek() != '"') {
        return false;
      }
      walk.string();
    }
    return !walk.hasNext(']');
  }

  private static boolean isSpaced(JsonWalk walk) {
    if (walk.peek() != '"') {
      return false;
    }
    walk.string();
    int blank = walk.indexInText(' ', 0);
    return blank > 0 && blank < walk.textBytes() - 1 && walk.indexInText(' ', blank + 1) < 0;
  }

  private Problem entry(JsonWalk walk, String what) {
    return file.mistake("model.vocab: the token '" + Printable.of(walk.text()) + "'", what);
  }
}
