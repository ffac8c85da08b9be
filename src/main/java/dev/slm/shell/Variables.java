package dev.slm.shell;

import dev.slm.base.Nearest;
import java.util.Collections;
import java.util.List;
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

  /** Makes {@code ${1}}, {@code ${2}}, … these words; gives what they were before. */
  Map<String, String> pass(List<String> words) {
    Map<String, String> before = new TreeMap<>(values);
    before.keySet().removeIf(name -> !isWord(name));
    restore(Map.of());
    for (int i = 0; i < words.size(); i++) {
      values.put(String.valueOf(i + 1), words.get(i));
    }
    return before;
  }

  /** The words of the script that goes on; what an ended one set by name stays. */
  void restore(Map<String, String> words) {
    values.keySet().removeIf(Variables::isWord);
    values.putAll(words);
  }

  private static boolean isWord(String name) {
    return Character.isDigit(name.charAt(0));
  }

  Map<String, String> all() {
    return Collections.unmodifiableMap(values);
  }
}
