package dev.slm.text.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a filter, method or function is given, by position or by name. */
record Given(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {
  static final Given NOTHING = new Given(List.of(), Map.of());

  /** What is given in a turn, when the turns go round. */
  @Nullable Object turn(int number) {
    if (positional.isEmpty()) {
      throw TemplateFault.of("nothing is given");
    }
    return positional.get(number % positional.size());
  }

  boolean has(int place, String name) {
    return place < positional.size() || named.containsKey(name);
  }

  @Nullable Object get(int place, String name, @Nullable Object byDefault) {
    if (place < positional.size()) {
      return positional.get(place);
    }
    return named.containsKey(name) ? named.get(name) : byDefault;
  }

  @Nullable Object get(int place, String name) {
    if (!has(place, name)) {
      throw TemplateFault.of("'" + name + "' is not given");
    }
    return get(place, name, null);
  }

  String text(int place, String name, String byDefault) {
    return Values.string(get(place, name, byDefault));
  }

  long number(int place, String name, long byDefault) {
    Object value = get(place, name, byDefault);
    return value == null ? byDefault : Values.integer(value);
  }

  boolean fact(int place, String name) {
    return Values.isTrue(get(place, name, false));
  }

  /** The same without what was given first. */
  Given rest() {
    return new Given(positional.subList(1, positional.size()), named);
  }
}
