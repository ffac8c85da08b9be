package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What stands behind a bar. */
final class Filters {
  private final Budget budget;
  private final Members members;

  Filters(Budget budget, Members members) {
    this.budget = budget;
    this.members = members;
  }

  @Nullable Object apply(String name, @Nullable Object input, Given given) {
    if (input instanceof String text) {
      budget.characters(text.length());
    }
    return switch (name) {
      case "trim" -> trimmed(input, given);
      case "upper" -> Strings.upper(text(input));
      case "lower" -> Strings.lower(text(input));
      case "title" -> Strings.title(text(input));
      case "capitalize" -> Strings.capitalized(text(input));
      case "string" -> text(input);
      case "safe" -> input;
      case "escape", "e" -> escaped(text(input));
      case "replace" -> replaced(text(input), given);
      case "indent" -> indented(text(input), given);
      case "wordcount" -> (long) Strings.splitAtSpace(text(input), -1).size();
      case "int" -> toInteger(input, given);
      case "float" -> toDecimal(input, given);
      case "abs" ->
          input instanceof Double d ? (Object) Math.abs(d) : Math.abs(Values.integer(input));
      case "round" -> rounded(input, given);
      case "default", "d" -> orDefault(input, given);
      case "tojson" -> json(input, given);
      default -> ofItems(name, input, given);
    };
  }

  private @Nullable Object ofItems(String name, @Nullable Object input, Given given) {
    return switch (name) {
      case "length", "count" -> Values.length(input);
      case "list" -> Values.items(input);
      case "first" -> end(Values.items(input), true);
      case "last" -> end(Values.items(input), false);
      case "join" -> join(input, given);
      case "items" -> input instanceof Undefined ? List.of() : Methods.entries(map(input));
      case "dictsort" -> dictionarySorted(map(input), given);
      case "sort" -> sorted(Values.items(input), given);
      case "reverse" -> reversed(input);
      case "unique" -> unique(Values.items(input), given);
      case "sum" -> sum(Values.items(input), given);
      case "min" -> extreme(Values.items(input), -1);
      case "max" -> extreme(Values.items(input), 1);
      case "map" -> mapped(Values.items(input), given);
      case "select" -> selected(Values.items(input), given, false, true);
      case "reject" -> selected(Values.items(input), given, false, false);
      case "selectattr" -> selected(Values.items(input), given, true, true);
      case "rejectattr" -> selected(Values.items(input), given, true, false);
      default -> throw TemplateFault.of("no filter named '" + name + "'");
    };
  }

  private String text(@Nullable Object value) {
    return Printing.text(value, budget);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw TemplateFault.of("expected a dictionary, found " + Values.kind(value));
  }

  private String trimmed(@Nullable Object input, Given given) {
    return given.get(0, "chars", null) instanceof String characters
        ? Strings.strip(text(input), characters, true, true)
        : Strings.strip(text(input));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&#34;")
        .replace("'", "&#39;");
  }

  private String replaced(String text, Given given) {
    String old = given.text(0, "old", "");
    String with = given.text(1, "new", "");
    return Methods.replaced(text, old, with, given.number(2, "count", -1), budget);
  }

  private String indented(String text, Given given) {
    Object width = given.get(0, "width", 4L);
    long blanks = width instanceof String ? 0 : Values.integer(width);
    budget.build(Math.max(blanks, 0));
    String prefix = width instanceof String s ? s : " ".repeat((int) Math.max(blanks, 0));
    boolean blank = given.fact(2, "blank");
    StringBuilder out = new StringBuilder(given.fact(1, "first") ? prefix : "");
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String lead = i > 0 && (blank || !lines[i].isEmpty()) ? prefix : "";
      budget.grow(out.length(), (long) lead.length() + lines[i].length() + 1);
      out.append(i > 0 ? "\n" : "").append(lead).append(lines[i]);
    }
    return out.toString();
  }

  private static Object toInteger(@Nullable Object input, Given given) {
    long byDefault = given.number(0, "default", 0);
    try {
      return switch (input) {
        case String text when text.contains(".") -> (long) Double.parseDouble(text.strip());
        case String text -> Long.parseLong(text.strip());
        case Double number -> (long) (double) number;
        case Boolean fact -> fact ? 1L : 0L;
        case Long number -> number;
        case null, default -> byDefault;
      };
    } catch (NumberFormatException e) {
      return byDefault;
    }
  }

  private static Object toDecimal(@Nullable Object input, Given given) {
    try {
      return input instanceof String text ? Double.parseDouble(text.strip()) : Values.number(input);
    } catch (NumberFormatException | TemplateFault e) {
      return Values.number(given.get(0, "default", 0.0));
    }
  }

  private static Object rounded(@Nullable Object input, Given given) {
    double scale = Math.pow(10, (double) given.number(0, "precision", 0));
    double value = Values.number(input) * scale;
    return switch (given.text(1, "method", "common")) {
      case "ceil" -> Math.ceil(value) / scale;
      case "floor" -> Math.floor(value) / scale;
      default -> Math.rint(value) / scale;
    };
  }

  private static @Nullable Object orDefault(@Nullable Object input, Given given) {
    boolean missing =
        input instanceof Undefined || (given.fact(1, "boolean") && !Values.isTrue(input));
    return missing ? given.get(0, "default_value", "") : input;
  }

  private String json(@Nullable Object input, Given given) {
    Object indent = given.get(0, "indent", null);
    int blanks = indent == null ? -1 : Math.clamp(Values.integer(indent), 0, 64);
    return Printing.json(input, blanks, given.fact(3, "sort_keys"), budget);
  }

  private static @Nullable Object end(List<@Nullable Object> items, boolean first) {
    if (items.isEmpty()) {
      return new Undefined(first ? "first" : "last");
    }
    return first ? items.getFirst() : items.getLast();
  }

  private String join(@Nullable Object input, Given given) {
    List<@Nullable Object> items = Values.items(input);
    if (given.has(1, "attribute")) {
      items = attributes(items, given.get(1, "attribute"));
    }
    return Methods.joined(text(given.get(0, "d", "")), items, budget);
  }

  private List<@Nullable Object> attributes(List<@Nullable Object> items, @Nullable Object name) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Object item : items) {
      budget.step(budget.line());
      values.add(members.path(item, name));
    }
    return values;
  }

  private static List<@Nullable Object> dictionarySorted(Map<?, ?> map, Given given) {
    int by = "value".equals(given.get(1, "by", "key")) ? 1 : 0;
    List<@Nullable Object> entries = Methods.entries(map);
    Comparator<@Nullable Object> order =
        (a, b) -> Values.compare(folded(((List<?>) a).get(by)), folded(((List<?>) b).get(by)));
    entries.sort(given.fact(2, "reverse") ? order.reversed() : order);
    return entries;
  }

  private static @Nullable Object folded(@Nullable Object value) {
    return value instanceof String text ? Strings.lower(text) : value;
  }

  private List<@Nullable Object> sorted(List<@Nullable Object> items, Given given) {
    Object attribute = given.get(2, "attribute", null);
    boolean exact = given.fact(1, "case_sensitive");
    Comparator<@Nullable Object> order =
        (a, b) -> {
          budget.step(budget.line());
          Object left = attribute == null ? a : members.path(a, attribute);
          Object right = attribute == null ? b : members.path(b, attribute);
          return Values.compare(exact ? left : folded(left), exact ? right : folded(right));
        };
    List<@Nullable Object> sorted = new ArrayList<>(items);
    sorted.sort(given.fact(0, "reverse") ? order.reversed() : order);
    return sorted;
  }

  private static Object reversed(@Nullable Object input) {
    return input instanceof String text
        ? new StringBuilder(text).reverse().toString()
        : Values.items(input).reversed();
  }

  private List<@Nullable Object> unique(List<@Nullable Object> items, Given given) {
    Object attribute = given.get(1, "attribute", null);
    Set<@Nullable Object> seen = new LinkedHashSet<>();
    List<@Nullable Object> kept = new ArrayList<>();
    for (Object item : items) {
      Object key = attribute == null ? item : members.path(item, attribute);
      if (seen.add(given.fact(0, "case_sensitive") ? key : folded(key))) {
        kept.add(item);
      }
    }
    return kept;
  }

  private @Nullable Object sum(List<@Nullable Object> items, Given given) {
    Object attribute = given.get(0, "attribute", null);
    Arithmetic arithmetic = new Arithmetic(budget);
    Object sum = given.get(1, "start", 0L);
    for (Object item : items) {
      sum = arithmetic.apply("+", sum, attribute == null ? item : members.path(item, attribute));
    }
    return sum;
  }

  private static @Nullable Object extreme(List<@Nullable Object> items, int sign) {
    if (items.isEmpty()) {
      return new Undefined(sign < 0 ? "min" : "max");
    }
    Object best = items.getFirst();
    for (Object item : items) {
      best = Values.compare(folded(item), folded(best)) * sign > 0 ? item : best;
    }
    return best;
  }

  private List<@Nullable Object> mapped(List<@Nullable Object> items, Given given) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Object item : items) {
      budget.step(budget.line());
      if (given.named().containsKey("attribute")) {
        Object value = members.path(item, given.named().get("attribute"));
        values.add(value instanceof Undefined ? given.get(9, "default", value) : value);
      } else {
        values.add(apply(text(given.get(0, "filter")), item, given.rest()));
      }
    }
    return values;
  }

  private List<@Nullable Object> selected(
      List<@Nullable Object> items, Given given, boolean byAttribute, boolean wanted) {
    Given rest = byAttribute ? given.rest() : given;
    boolean isTest = !rest.positional().isEmpty();
    String test = isTest ? text(rest.positional().getFirst()) : "";
    List<@Nullable Object> kept = new ArrayList<>();
    for (Object item : items) {
      budget.step(budget.line());
      Object value = byAttribute ? members.path(item, given.get(0, "attribute")) : item;
      boolean passes =
          isTest ? passes(test, value, rest.rest().positional()) : Values.isTrue(value);
      if (passes == wanted) {
        kept.add(item);
      }
    }
    return kept;
  }

  static boolean passes(String test, @Nullable Object value, List<@Nullable Object> given) {
    return Tests.passes(test, value, given)
        .orElseThrow(() -> TemplateFault.of("no test named '" + test + "'"));
  }
}
