package dev.slm.text.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands behind {@code is}. */
final class Tests {
  private Tests() {}

  /** Whether a value passes a test; nothing when there is no such test. */
  static Optional<Boolean> passes(
      String name, @Nullable Object value, List<@Nullable Object> given) {
    if (given.isEmpty()) {
      return alone(name, value);
    }
    return Optional.ofNullable(comparison(name, value, given.getFirst()));
  }

  private static Optional<Boolean> alone(String name, @Nullable Object value) {
    return Optional.ofNullable(
        switch (name) {
          case "defined" -> !(value instanceof Undefined);
          case "undefined" -> value instanceof Undefined;
          case "none" -> value == null;
          case "string" -> value instanceof String;
          case "number" -> Values.isNumber(value) || value instanceof Boolean;
          case "integer" -> value instanceof Long;
          case "float" -> value instanceof Double;
          case "boolean" -> value instanceof Boolean;
          case "true" -> Boolean.TRUE.equals(value);
          case "false" -> Boolean.FALSE.equals(value);
          case "mapping" -> value instanceof Map<?, ?>;
          case "iterable" -> isSequence(value) || value instanceof Undefined;
          case "sequence" -> isSequence(value);
          case "callable" -> value instanceof Function;
          case "odd" -> Math.floorMod(Values.integer(value), 2) == 1;
          case "even" -> Math.floorMod(Values.integer(value), 2) == 0;
          case "lower" -> value instanceof String text && text.equals(Strings.lower(text));
          case "upper" -> value instanceof String text && text.equals(Strings.upper(text));
          default -> null;
        });
  }

  private static boolean isSequence(@Nullable Object value) {
    return value instanceof String || value instanceof List<?> || value instanceof Map<?, ?>;
  }

  private static @Nullable Boolean comparison(String name, @Nullable Object a, @Nullable Object b) {
    return switch (name) {
      case "==", "eq", "equalto" -> Values.equal(a, b);
      case "!=", "ne" -> !Values.equal(a, b);
      case "<", "lt", "lessthan" -> Values.compare(a, b) < 0;
      case "<=", "le" -> Values.compare(a, b) <= 0;
      case ">", "gt", "greaterthan" -> Values.compare(a, b) > 0;
      case ">=", "ge" -> Values.compare(a, b) >= 0;
      case "in" -> Values.contains(b, a);
      case "sameas" -> Values.kind(a).equals(Values.kind(b)) && Values.equal(a, b);
      case "divisibleby" -> Math.floorMod(Values.integer(a), Values.integer(b)) == 0;
      default -> null;
    };
  }
}
