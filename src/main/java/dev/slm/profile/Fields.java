package dev.slm.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads the fields of one JSON object strictly, and goes on after a mistake so that all are told at
 * once, each with file, field, what was found and what was expected. Values read after a mistake
 * are stand-ins that nobody sees.
 */
final class Fields {
  private static final int LONGEST_SHOWN = 40;

  private final String file;
  private final String path;
  private final JsonNode node;
  private final List<String> mistakes;
  private final Set<String> read = new HashSet<>();

  Fields(String file, JsonNode node, List<String> mistakes) {
    this(file, "", node, mistakes);
    if (!node.isObject()) {
      mistakes.add(file + ": found " + shown(node) + " (expected an object)");
    }
  }

  private Fields(String file, String path, JsonNode node, List<String> mistakes) {
    this.file = file;
    this.path = path;
    this.node = node;
    this.mistakes = mistakes;
  }

  String text(String name) {
    JsonNode value = value(name);
    if (!value.isString() || value.stringValue().isBlank()) {
      wrong(name, value, "text");
      return "";
    }
    return value.stringValue();
  }

  /** Text, or nothing at all when the field is absent. */
  Optional<String> optionalText(String name) {
    return has(name) ? Optional.of(text(name)) : Optional.empty();
  }

  @Nullable String textOrNull(String name) {
    return optionalText(name).orElse(null);
  }

  boolean flag(String name) {
    JsonNode value = value(name);
    if (!value.isBoolean()) {
      wrong(name, value, "true or false");
      return false;
    }
    return value.booleanValue();
  }

  long number(String name, long least, long most) {
    JsonNode value = value(name);
    boolean isInRange =
        value.isIntegralNumber()
            && value.canConvertToLong()
            && value.longValue() >= least
            && value.longValue() <= most;
    if (!isInRange) {
      wrong(name, value, "a whole number from " + least + " to " + most);
      return least;
    }
    return value.longValue();
  }

  int integer(String name, int least, int most) {
    return (int) number(name, least, most);
  }

  /** One of the numbers given. */
  int oneOf(String name, List<Integer> choices) {
    JsonNode value = value(name);
    if (!value.isIntegralNumber() || !choices.contains(value.intValue())) {
      wrong(
          name,
          value,
          "one of " + choices.stream().map(String::valueOf).collect(Collectors.joining(", ")));
      return choices.getFirst();
    }
    return value.intValue();
  }

  <E extends Enum<E>> E choice(String name, Class<E> type) {
    return choice(name, value(name), type);
  }

  <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
    List<E> chosen = new ArrayList<>();
    for (JsonNode element : list(name)) {
      chosen.add(choice(name, element, type));
    }
    return chosen;
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : list(name)) {
      if (element.isString()) {
        texts.add(element.stringValue());
      } else {
        wrong(name, element, "text");
      }
    }
    return texts;
  }

  /** An object of texts with names that the file chooses. */
  Map<String, String> textsByName(String name) {
    JsonNode value = value(name);
    Map<String, String> texts = new LinkedHashMap<>();
    if (!value.isObject()) {
      wrong(name, value, "an object");
      return texts;
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (entry.getValue().isString()) {
        texts.put(entry.getKey(), entry.getValue().stringValue());
      } else {
        wrong(name + "." + entry.getKey(), entry.getValue(), "text");
      }
    }
    return texts;
  }

  /** An object of any values, empty when the field is absent. */
  Map<String, Object> valuesByName(String name) {
    JsonNode value = value(name);
    Map<String, Object> values = new LinkedHashMap<>();
    if (has(name) && !value.isObject()) {
      wrong(name, value, "an object");
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      values.put(entry.getKey(), entry.getValue());
    }
    return values;
  }

  /** A list of objects. */
  List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (JsonNode element : list(name)) {
      String place = path + name + "[" + objects.size() + "].";
      if (element.isObject()) {
        objects.add(new Fields(file, place, element, mistakes));
      } else {
        wrong(name, element, "a list of objects");
      }
    }
    return objects;
  }

  Fields object(String name) {
    JsonNode value = value(name);
    if (!value.isObject()) {
      wrong(name, value, "an object");
      // what would stand in it is no mistake of its own
      return new Fields(file, path + name + ".", value, new ArrayList<>());
    }
    return new Fields(file, path + name + ".", value, mistakes);
  }

  boolean has(String name) {
    return node.has(name);
  }

  /** Tells of a mistake that only several fields together show. */
  void mistake(String name, String found, String expected) {
    mistakes.add(file + ": " + path + name + ": found " + found + " (expected " + expected + ")");
  }

  /** Tells of every field that nobody asked for. */
  void end() {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!read.contains(field.getKey())) {
        mistake(
            field.getKey(),
            "a field that nothing reads",
            "one of " + read.stream().sorted().toList());
      }
    }
  }

  private <E extends Enum<E>> E choice(String name, JsonNode value, Class<E> type) {
    E[] known = type.getEnumConstants();
    for (E constant : known) {
      if (value.isString() && value.stringValue().equals(id(constant))) {
        return constant;
      }
    }
    wrong(
        name,
        value,
        "one of " + Arrays.stream(known).map(Fields::id).collect(Collectors.joining(", ")));
    return known[0];
  }

  /** {@code K_QUANT} is written {@code k-quant}. */
  private static String id(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Iterable<JsonNode> list(String name) {
    JsonNode value = value(name);
    if (!value.isArray()) {
      wrong(name, value, "a list");
      return List.of();
    }
    return value;
  }

  private JsonNode value(String name) {
    read.add(name);
    return node.path(name);
  }

  private void wrong(String name, JsonNode found, String expected) {
    mistake(name, shown(found), expected);
  }

  private static String shown(JsonNode value) {
    if (value.isMissingNode()) {
      return "nothing";
    }
    String text = value.toString();
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }
}
