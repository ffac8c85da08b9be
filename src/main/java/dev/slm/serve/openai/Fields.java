package dev.slm.serve.openai;

import dev.slm.base.Json;
import dev.slm.base.Nearest;
import dev.slm.serve.http.Refusal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of a JSON object that a client sent. Collects what is wrong with them, and knows which
 * fields nobody has asked for: those are refused by name. A null counts as absent everywhere.
 */
final class Fields {
  private static final int MOST_TOLD = 8;
  private static final int LONGEST_SHOWN = 40;

  /** What our parser says of a name that an object has twice. */
  private static final Pattern TWICE = Pattern.compile("^Duplicate .*?[\"'](.+?)[\"']");

  /** One field that cannot be taken, and why. */
  private record Mistake(String field, String says) {}

  private final JsonNode object;
  private final String prefix;
  private final List<Mistake> mistakes;
  private final Set<String> asked = new LinkedHashSet<>();

  private Fields(JsonNode object, String prefix, List<Mistake> mistakes) {
    this.object = object;
    this.prefix = prefix;
    this.mistakes = mistakes;
  }

  /** The fields of a request's body, which must be one JSON object. */
  static Fields of(byte[] body) {
    ObjectNode object = object(body);
    Metadata.lift(object);
    return new Fields(object, "", new ArrayList<>());
  }

  private static ObjectNode object(byte[] body) {
    try {
      if (Json.tree(body) instanceof ObjectNode object) {
        return object;
      }
      throw Refusal.of(400, "the body is not a JSON object").code("invalid_json");
    } catch (JacksonException e) {
      String where =
          e.getLocation() == null
              ? ""
              : " (line %d, column %d)"
                  .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
      Matcher twice = TWICE.matcher(String.valueOf(e.getOriginalMessage()));
      if (twice.find()) {
        String field = shorten(twice.group(1));
        throw Refusal.of(400, "'" + field + "' is given twice" + where).param(field);
      }
      throw Refusal.of(400, "the body is not valid JSON" + where).code("invalid_json");
    }
  }

  /** The fields of an object inside this one; the same mistakes are collected. */
  Fields inside(String field, JsonNode node) {
    return new Fields(node, prefix + field + ".", mistakes);
  }

  /** The value of a field, unless it is absent or null. */
  Optional<JsonNode> any(String field) {
    asked.add(field);
    JsonNode value = object.get(field);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  Optional<String> text(String field, int longest) {
    Optional<JsonNode> value = any(field);
    if (value.isPresent() && !value.get().isString()) {
      return wrong(field, "is not a text");
    }
    if (value.isPresent() && value.get().asString().length() > longest) {
      return wrong(field, "is longer than " + longest + " characters");
    }
    return value.map(JsonNode::asString);
  }

  Optional<Boolean> fact(String field) {
    Optional<JsonNode> value = any(field);
    if (value.isPresent() && !value.get().isBoolean()) {
      return wrong(field, "is not true or false");
    }
    return value.map(JsonNode::asBoolean);
  }

  OptionalLong whole(String field, long least, long most) {
    Optional<JsonNode> value = any(field);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    JsonNode node = value.get();
    if (!node.isIntegralNumber()
        || node.bigIntegerValue().bitLength() > 63
        || node.asLong() < least
        || node.asLong() > most) {
      wrong(
          field, "is %s, not a whole number between %d and %d".formatted(shown(node), least, most));
      return OptionalLong.empty();
    }
    return OptionalLong.of(node.asLong());
  }

  OptionalDouble number(String field, double least, double most) {
    Optional<JsonNode> value = any(field);
    if (value.isEmpty()) {
      return OptionalDouble.empty();
    }
    JsonNode node = value.get();
    // written so that NaN fails too; JSON's 1e400 arrives as Infinity
    if (node.isNumber() && node.doubleValue() >= least && node.doubleValue() <= most) {
      return OptionalDouble.of(node.doubleValue());
    }
    wrong(
        field,
        "is %s, not a number between %s and %s".formatted(shown(node), plain(least), plain(most)));
    return OptionalDouble.empty();
  }

  /**
   * Refuses a field that is not supported, unless it is absent or says what happens anyway.
   *
   * @param harmless JSON of the values that change nothing
   */
  void unsupported(String field, String... harmless) {
    Optional<JsonNode> value = any(field);
    if (value.isPresent() && !Set.of(harmless).contains(value.get().toString())) {
      wrong(
          field,
          harmless.length == 0
              ? "is not supported"
              : "is not supported; only " + String.join(" or ", harmless) + " is");
    }
  }

  /** Notes a mistake; gives nothing, so that it can end an expression. */
  <T> Optional<T> wrong(String field, String says) {
    mistakes.add(new Mistake(prefix + field, "'" + prefix + field + "' " + says));
    return Optional.empty();
  }

  /** Refuses every field that was not asked for. */
  void refuseOthers() {
    object
        .propertyNames()
        .forEach(
            name -> {
              if (!asked.contains(name)) {
                List<String> near = Nearest.to(shorten(name), asked);
                String hint = near.isEmpty() ? "" : ", did you mean '" + near.getFirst() + "'?";
                mistakes.add(
                    new Mistake(
                        shorten(prefix + name),
                        "'" + shorten(prefix + name) + "' is not a known field" + hint));
              }
            });
  }

  /** Ends the reading: refuses the request when anything was wrong. */
  void check() {
    if (mistakes.isEmpty()) {
      return;
    }
    List<String> told = mistakes.stream().limit(MOST_TOLD).map(Mistake::says).toList();
    String more =
        mistakes.size() > MOST_TOLD ? "; and %d more".formatted(mistakes.size() - MOST_TOLD) : "";
    throw Refusal.of(400, String.join("; ", told) + more).param(mistakes.getFirst().field());
  }

  static String shown(JsonNode node) {
    if (node.isContainer()) {
      return node.isArray() ? "a list" : "an object";
    }
    return shorten(node.toString());
  }

  static String shorten(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }

  private static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }
}
