package dev.slm.text.jinja;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The functions that every template knows. */
final class Globals {
  private static final Map<Character, String> DATE_FIELDS =
      Map.ofEntries(
          Map.entry('a', "EEE"),
          Map.entry('A', "EEEE"),
          Map.entry('b', "MMM"),
          Map.entry('B', "MMMM"),
          Map.entry('d', "dd"),
          Map.entry('e', "d"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('j', "DDD"),
          Map.entry('m', "MM"),
          Map.entry('M', "mm"),
          Map.entry('p', "a"),
          Map.entry('S', "ss"),
          Map.entry('y', "yy"),
          Map.entry('Y', "uuuu"),
          Map.entry('Z', "zzz"),
          Map.entry('F', "uuuu-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  private Globals() {}

  static void into(Scope scope, Budget budget, Supplier<Clock> clock) {
    scope.set("range", (Function) given -> range(given, budget));
    scope.set("namespace", (Function) Globals::namespace);
    scope.set("dict", (Function) given -> new LinkedHashMap<>(given.named()));
    scope.set("raise_exception", (Function) Globals::raise);
    scope.set(
        "strftime_now", (Function) given -> time(Values.string(given.get(0, "format")), clock));
  }

  private static List<@Nullable Object> range(Given given, Budget budget) {
    boolean fromZero = given.positional().size() == 1;
    long from = fromZero ? 0 : Values.integer(given.get(0, "start"));
    long to = Values.integer(given.get(fromZero ? 0 : 1, "stop"));
    long step = given.number(2, "step", 1);
    if (step == 0) {
      throw TemplateFault.of("range() cannot have a step of 0");
    }
    List<@Nullable Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      budget.step(budget.line());
      numbers.add(i);
    }
    return numbers;
  }

  private static Namespace namespace(Given given) {
    Namespace namespace = new Namespace();
    for (Object value : given.positional()) {
      if (value instanceof Map<?, ?> map) {
        map.forEach((key, item) -> namespace.fields.put(String.valueOf(key), item));
      }
    }
    namespace.fields.putAll(given.named());
    return namespace;
  }

  private static Object raise(Given given) {
    throw TemplateFault.of(String.valueOf(given.get(0, "message", "refused")));
  }

  private static String time(String format, Supplier<Clock> clock) {
    ZonedDateTime now = ZonedDateTime.now(clock.get());
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char field = format.charAt(++i);
      boolean unpadded = field == '-' && i + 1 < format.length();
      field = unpadded ? format.charAt(++i) : field;
      String text = field(field, now);
      out.append(unpadded ? text.replaceFirst("^0+(?=.)", "") : text);
    }
    return out.toString();
  }

  private static String field(char field, ZonedDateTime now) {
    if (field == '%') {
      return "%";
    }
    String pattern = DATE_FIELDS.get(field);
    if (pattern == null) {
      throw TemplateFault.of("strftime_now() does not know '%" + field + "'");
    }
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
  }
}
