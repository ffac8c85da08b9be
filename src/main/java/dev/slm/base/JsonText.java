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
 * JsonTree} reads without one. Values of other classes are left to the mapper.
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
    return switch (value) {
      case null -> true;
      case Map<?, ?> map ->
          map.keySet().stream().allMatch(String.class::isInstance)
              && map.values().stream().allMatch(JsonText::isPlain);
      case List<?> list -> list.stream().allMatch(JsonText::isPlain);
      case JsonNode node ->
          node.isValueNode()
              ? isPlainValue(node)
              : node.values().stream().allMatch(JsonText::isPlain);
      case String _, Boolean _, Integer _, Long _, Double _, Float _, BigInteger _, BigDecimal _ ->
          true;
      default -> false;
    };
  }

  private static boolean isPlainValue(JsonNode node) {
    return node.isString() || node.isNumber() || node.isBoolean() || node.isNull();
  }

  static void write(@Nullable Object value, JsonGenerator out) {
    new JsonText(out).write(value);
  }

  private void write(@Nullable Object value) {
    switch (value) {
      case null -> out.writeNull();
      case Map<?, ?> map -> object(map);
      case List<?> list -> array(list);
      case JsonNode node -> node(node);
      case String text -> out.writeString(text);
      case Boolean truth -> out.writeBoolean(truth);
      case Number number -> number(number);
      default -> throw new IllegalArgumentException(value.getClass().getName());
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

  private void array(List<?> list) {
    out.writeStartArray();
    list.forEach(this::write);
    out.writeEndArray();
  }

  private void node(JsonNode node) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        out.writeStartObject();
        node.properties()
            .forEach(
                field -> {
                  out.writeName(field.getKey());
                  node(field.getValue());
                });
        out.writeEndObject();
      }
      case ARRAY -> {
        out.writeStartArray();
        node.values().forEach(this::node);
        out.writeEndArray();
      }
      case STRING -> out.writeString(node.stringValue());
      case BOOLEAN -> out.writeBoolean(node.booleanValue());
      case NUMBER -> number(node.numberValue());
      default -> out.writeNull();
    }
  }

  private void number(Number number) {
    switch (number) {
      case Double real -> out.writeNumber(real);
      case Float real -> out.writeNumber(real);
      case BigInteger whole -> out.writeNumber(whole);
      case BigDecimal real -> out.writeNumber(real);
      default -> out.writeNumber(number.longValue());
    }
  }
}
