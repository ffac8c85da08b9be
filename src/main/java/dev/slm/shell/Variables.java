package dev.slm.shell;

import dev.slm.base.Nearest;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What {@code set NAME=value} remembers for {@code ${NAME}}. */
final class Variables {
  private final Map<String, String> values = new TreeMap<>();

  String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw Nearest.unknown("variable", name, values.keySet(), "set " + name + "=value");
    }
    return value;
  }

  void set(String name, String value) {
    values.put(name, value);
  }

  Map<String, String> all() {
    return Collections.unmodifiableMap(values);
  }
}
