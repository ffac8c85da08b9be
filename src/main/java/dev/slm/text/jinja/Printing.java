package dev.slm.text.jinja;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values as text, as Python's {@code str}, {@code repr} and {@code json.dumps} write them. */
final class Printing {
  private final Budget budget;
  private final StringBuilder out = new StringBuilder();

  private Printing(Budget budget) {
    this.budget = budget;
  }

  static String text(@Nullable Object value, Budget budget) {
    return switch (value) {
      case String text -> text;
      case Undefined _ -> "";
      case null, default -> {
        Printing printing = new Printing(budget);
        printing.repr(value);
        yield printing.out.toString();
      }
    };
  }

  /** JSON in one line, or indented by a number of blanks. */
  static String json(@Nullable Object value, int indent, boolean sorted, Budget budget) {
    Printing printing = new Printing(budget);
    printing.json(value, indent, sorted, "\n");
    return printing.out.toString();
  }

  private void repr(@Nullable Object value) {
    budget.step(budget.line());
    switch (value) {
      case null -> out.append("None");
      case Boolean fact -> out.append(fact ? "True" : "False");
      case Long number -> out.append(number);
      case Double number -> out.append(decimal(number));
      case String text -> append(quoted(text));
      case List<?> list -> list(list);
      case Map<?, ?> map -> map(map);
      case Undefined _ -> out.append("Undefined");
      default -> out.append("<").append(Values.kind(value)).append(">");
    }
  }

  private void list(List<?> list) {
    String separator = "[";
    for (Object item : list) {
      out.append(separator);
      repr(item);
      separator = ", ";
    }
    out.append(list.isEmpty() ? "[]" : "]");
  }

  private void map(Map<?, ?> map) {
    String separator = "{";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      out.append(separator);
      repr(entry.getKey());
      out.append(": ");
      repr(entry.getValue());
      separator = ", ";
    }
    out.append(map.isEmpty() ? "{}" : "}");
  }

  private void append(String text) {
    budget.grow(out.length(), text.length());
    out.append(text);
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder quoted = new StringBuilder().append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c == quote) {
            quoted.append('\\').append(c);
          } else if (c < ' ' || c == 0x7f) {
            quoted.append(String.format("\\x%02x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append(quote).toString();
  }

  /** The shortest text of a number that reads back as it, with an exponent only when it is far. */
  static String decimal(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = exact.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = exact.unscaledValue().abs().toString();
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String sign = number < 0 ? "-" : "";
    return "%s%c%se%s%02d"
        .formatted(sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private void json(@Nullable Object value, int indent, boolean sorted, String lineEnd) {
    budget.step(budget.line());
    switch (value) {
      case null -> out.append("null");
      case Boolean fact -> out.append(fact);
      case Long number -> out.append(number);
      case Double number -> out.append(jsonNumber(number));
      case String text -> append(jsonText(text));
      case List<?> list -> jsonList(list, indent, sorted, lineEnd);
      case Map<?, ?> map -> jsonMap(map, indent, sorted, lineEnd);
      case Undefined missing -> throw missing.fault();
      default -> throw TemplateFault.of(Values.kind(value) + " cannot be written as JSON");
    }
  }

  private static String jsonNumber(double number) {
    return Double.isNaN(number)
        ? "NaN"
        : Double.isInfinite(number) ? (number > 0 ? "Infinity" : "-Infinity") : decimal(number);
  }

  private void jsonList(List<?> list, int indent, boolean sorted, String lineEnd) {
    if (list.isEmpty()) {
      out.append("[]");
      return;
    }
    String inner = deeper(lineEnd, indent);
    out.append('[');
    String separator = inner(inner, indent);
    for (Object item : list) {
      append(separator);
      json(item, indent, sorted, inner);
      separator = "," + (indent < 0 ? " " : inner);
    }
    append((indent < 0 ? "" : lineEnd) + "]");
  }

  private void jsonMap(Map<?, ?> map, int indent, boolean sorted, String lineEnd) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    String inner = deeper(lineEnd, indent);
    out.append('{');
    String separator = inner(inner, indent);
    List<?> keys = sorted ? map.keySet().stream().sorted().toList() : List.copyOf(map.keySet());
    for (Object key : keys) {
      append(separator);
      append(jsonText(String.valueOf(key)) + ": ");
      json(map.get(key), indent, sorted, inner);
      separator = "," + (indent < 0 ? " " : inner);
    }
    append((indent < 0 ? "" : lineEnd) + "}");
  }

  private static String inner(String inner, int indent) {
    return indent < 0 ? "" : inner;
  }

  private static String deeper(String lineEnd, int indent) {
    return indent < 0 ? lineEnd : lineEnd + " ".repeat(indent);
  }

  private static String jsonText(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\b' -> quoted.append("\\b");
        case '\f' -> quoted.append("\\f");
        default ->
            quoted.append(c < ' ' ? String.format("\\u%04x", (int) c) : Character.toString(c));
      }
    }
    return quoted.append('"').toString();
  }
}
