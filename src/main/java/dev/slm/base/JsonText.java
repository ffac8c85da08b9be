package dev.slm.base;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.databind.JsonNode;

/**
 * Writes trees, maps, lists and what they hold without a mapper, for the same reason as {@link
 * JsonTree} reads without one. Values of other classes are left to the mapper. No switch over
 * types: the first one of a process costs 10 ms.
 */
final class JsonText {
  private final JsonGenerator out;

  private JsonText(JsonGenerator out) {
    this.out = out;
  }

  /** How a generator indents. */
  static ObjectWriteContext indented(PrettyPrinter printer) {
    return new ObjectWriteContext.Base() {
      @Override
      public boolean hasPrettyPrinter() {
        return true;
      }

      @Override
      public PrettyPrinter getPrettyPrinter() {
        return printer;
      }
    };
  }

  /** Whether a value can be written without a mapper. */
  static boolean isPlain(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.keySet().stream().allMatch(String.class::isInstance)
          && map.values().stream().allMatch(JsonText::isPlain);
    }
    if (value instanceof List<?> list) {
      return list.stream().allMatch(JsonText::isPlain);
    }
    if (value instanceof JsonNode node) {
      return node.isValueNode()
          ? node.isString() || node.isNumber() || node.isBoolean() || node.isNull()
          : node.values().stream().allMatch(JsonText::isPlain);
    }
    return value == null
        || value instanceof String
        || value instanceof Boolean
        || isWhole(value)
        || isReal(value);
  }

  private static boolean isWhole(Object value) {
    return value instanceof Integer || value instanceof Long || value instanceof BigInteger;
  }

  private static boolean isReal(Object value) {
    return value instanceof Double || value instanceof Float || value instanceof BigDecimal;
  }

  static void write(@Nullable Object value, JsonGenerator out) {
    new JsonText(out).write(value);
  }

  private void write(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      object(map);
    } else if (value instanceof List<?> list) {
      array(list);
    } else if (value instanceof JsonNode node) {
      node(node);
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof Number number) {
      number(number);
    } else {
      out.writeNull();
    }
  }

  private void object(Map<?, ?> map) {
    out.writeStartObject();
    map.forEach(
        (name, value) -> {
          out.writeName((String) name);
          write(value);
        });
    out.writeEndObject();
  }

  private void array(Iterable<?> values) {
    out.writeStartArray();
    values.forEach(this::write);
    out.writeEndArray();
  }

  private void node(JsonNode node) {
    if (node.isObject()) {
      out.writeStartObject();
      node.properties()
          .forEach(
              field -> {
                out.writeName(field.getKey());
                node(field.getValue());
              });
      out.writeEndObject();
    } else if (node.isArray()) {
      array(node.values());
    } else if (node.isString()) {
      out.writeString(node.stringValue());
    } else if (node.isBoolean()) {
      out.writeBoolean(node.booleanValue());
    } else if (node.isNumber()) {
      number(node.numberValue());
    } else {
      out.writeNull();
    }
  }

  private void number(Number number) {
    if (number instanceof Double real) {
      out.writeNumber(real);
    } else if (number instanceof Float real) {
      out.writeNumber(real);
    } else if (number instanceof BigInteger whole) {
      out.writeNumber(whole);
    } else if (number instanceof BigDecimal real) {
      out.writeNumber(real);
    } else {
      out.writeNumber(number.longValue());
    }
  }
}
