package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators between two values. */
final class Arithmetic {
  private final Budget budget;

  Arithmetic(Budget budget) {
    this.budget = budget;
  }

  @Nullable Object apply(String operator, @Nullable Object a, @Nullable Object b) {
    if (a instanceof Undefined missing) {
      throw missing.fault();
    }
    if (b instanceof Undefined missing) {
      throw missing.fault();
    }
    return switch (operator) {
      case "+" -> plus(a, b);
      case "*" -> times(a, b);
      default -> numeric(operator, a, b);
    };
  }

  private Object plus(@Nullable Object a, @Nullable Object b) {
    if (a instanceof String left && b instanceof String right) {
      budget.build((long) left.length() + right.length());
      return left + right;
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      budget.build((long) left.size() + right.size());
      List<@Nullable Object> all = new ArrayList<>(left);
      all.addAll(right);
      return all;
    }
    if (a instanceof String || b instanceof String || a == null || b == null) {
      throw TemplateFault.of("cannot add " + Values.kind(b) + " to " + Values.kind(a));
    }
    return numeric("+", a, b);
  }

  private Object times(@Nullable Object a, @Nullable Object b) {
    if (a instanceof String text && b instanceof Long count) {
      return repeated(text, count);
    }
    if (a instanceof Long count && b instanceof String text) {
      return repeated(text, count);
    }
    if (a instanceof List<?> list && b instanceof Long count) {
      int times = Math.clamp(count, 0, Integer.MAX_VALUE);
      budget.build((long) list.size() * times);
      List<@Nullable Object> all = new ArrayList<>();
      for (int i = 0; i < times && !list.isEmpty(); i++) {
        all.addAll(list);
      }
      return all;
    }
    return numeric("*", a, b);
  }

  private String repeated(String text, long count) {
    int times = Math.clamp(count, 0, Integer.MAX_VALUE);
    budget.build((long) text.length() * times);
    return text.repeat(times);
  }

  private static Object numeric(String operator, @Nullable Object a, @Nullable Object b) {
    try {
      boolean decimal = a instanceof Double || b instanceof Double || operator.equals("/");
      return decimal
          ? decimal(operator, Values.number(a), Values.number(b))
          : whole(operator, Values.integer(a), Values.integer(b));
    } catch (ArithmeticException e) {
      boolean zero = Values.number(b) == 0;
      throw TemplateFault.of(zero ? "division by zero" : "a number became too large");
    }
  }

  private static Object whole(String operator, long a, long b) {
    return switch (operator) {
      case "+" -> Math.addExact(a, b);
      case "-" -> Math.subtractExact(a, b);
      case "*" -> Math.multiplyExact(a, b);
      case "//" -> Math.floorDivExact(a, b);
      case "%" -> Math.floorMod(a, b);
      case "**" -> power(a, b);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static Object decimal(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw new ArithmeticException();
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - Math.floor(a / b) * b;
      case "**" -> Math.pow(a, b);
      default -> throw new IllegalArgumentException(operator);
    };
  }

  private static Object power(long base, long exponent) {
    if (exponent < 0) {
      return Math.pow((double) base, (double) exponent);
    }
    return Math.powExact(base, Math.toIntExact(exponent));
  }
}
