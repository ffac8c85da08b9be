package dev.slm.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values as Python treats them. A value is null, a Boolean, Long, Double, String, List or Map with
 * text keys, or one of this package's own types.
 */
final class Values {
  private Values() {}

  /** A value of the caller's in the types that the interpreter knows. */
  static @Nullable Object of(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Integer number -> number.longValue();
      case Short number -> number.longValue();
      case Byte number -> number.longValue();
      case Float number -> number.doubleValue();
      case BigDecimal number -> number.doubleValue();
      case BigInteger number -> number.longValue();
      case Map<?, ?> map -> {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(String.valueOf(key), of(item)));
        yield copy;
      }
      case List<?> list -> {
        List<@Nullable Object> copy = new ArrayList<>();
        list.forEach(item -> copy.add(of(item)));
        yield copy;
      }
      default -> value;
    };
  }

  static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean fact -> fact;
      case Long number -> number != 0;
      case Double number -> number != 0;
      case String text -> !text.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case Undefined _ -> false;
      default -> true;
    };
  }

  static boolean isNumber(@Nullable Object value) {
    return value instanceof Long || value instanceof Double;
  }

  static boolean equal(@Nullable Object a, @Nullable Object b) {
    if (isArithmetic(a) && isArithmetic(b)) {
      return (a instanceof Double || b instanceof Double)
          ? number(a) == number(b)
          : integer(a) == integer(b);
    }
    if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      return equalItems(left, right);
    }
    if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
      return left.keySet().equals(right.keySet())
          && left.keySet().stream().allMatch(key -> equal(left.get(key), right.get(key)));
    }
    return a == null ? b == null : a.equals(b);
  }

  private static boolean equalItems(List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    Iterator<?> other = right.iterator();
    return left.stream().allMatch(item -> equal(item, other.next()));
  }

  private static boolean isArithmetic(@Nullable Object value) {
    return isNumber(value) || value instanceof Boolean;
  }

  static int compare(@Nullable Object a, @Nullable Object b) {
    if (isArithmetic(a) && isArithmetic(b)) {
      return (a instanceof Double || b instanceof Double)
          ? Double.compare(number(a), number(b))
          : Long.compare(integer(a), integer(b));
    }
    if (a instanceof String left && b instanceof String right) {
      return left.compareTo(right);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
        int order = compare(left.get(i), right.get(i));
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(left.size(), right.size());
    }
    throw TemplateFault.of("cannot compare " + kind(a) + " with " + kind(b));
  }

  static boolean contains(@Nullable Object container, @Nullable Object item) {
    return switch (container) {
      case String text when item instanceof String part -> text.contains(part);
      case String _ -> throw TemplateFault.of("'in' of a text needs a text, not " + kind(item));
      case List<?> list -> list.stream().anyMatch(each -> equal(each, item));
      case Map<?, ?> map -> item != null && map.containsKey(item);
      case Undefined _ -> false;
      case null, default -> throw TemplateFault.of("'in' of " + kind(container));
    };
  }

  /** The items that a loop runs over. */
  static List<@Nullable Object> items(@Nullable Object value) {
    return switch (value) {
      case List<?> list -> new ArrayList<>(list);
      case Map<?, ?> map -> new ArrayList<>(map.keySet());
      case String text -> characters(text);
      case Undefined _ -> List.of();
      case null, default -> throw TemplateFault.of(kind(value) + " has no items");
    };
  }

  private static List<@Nullable Object> characters(String text) {
    List<@Nullable Object> characters = new ArrayList<>();
    text.codePoints().forEach(point -> characters.add(Character.toString(point)));
    return characters;
  }

  static long length(@Nullable Object value) {
    return switch (value) {
      case String text -> Strings.length(text);
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case Undefined _ -> 0;
      case null, default -> throw TemplateFault.of(kind(value) + " has no length");
    };
  }

  static double number(@Nullable Object value) {
    return switch (value) {
      case Boolean fact -> fact ? 1 : 0;
      case Long number -> number;
      case Double number -> number;
      case null, default -> throw TemplateFault.of("expected a number, found " + kind(value));
    };
  }

  static long integer(@Nullable Object value) {
    return switch (value) {
      case Boolean fact -> fact ? 1 : 0;
      case Long number -> number;
      case null, default -> throw TemplateFault.of("expected a whole number, found " + kind(value));
    };
  }

  static String string(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Undefined missing) {
      throw missing.fault();
    }
    throw TemplateFault.of("expected a text, found " + kind(value));
  }

  /** What kind of value it is, for messages. */
  static String kind(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case Boolean _ -> "a truth value";
      case Long _ -> "a number";
      case Double _ -> "a number";
      case String _ -> "a text";
      case List<?> _ -> "a list";
      case Map<?, ?> _ -> "a dictionary";
      case Function _ -> "a function";
      case Undefined missing -> "the undefined '" + missing.name() + "'";
      default -> "an object";
    };
  }
}
