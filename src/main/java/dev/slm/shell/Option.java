package dev.slm.shell;

import java.util.List;

/**
 * An option of a command.
 *
 * @param names with dashes, the first is the one shown
 * @param valueName how help calls its value, empty for a flag; it ends with {@code …} where several
 *     words may follow
 * @param says a few words
 */
record Option(List<String> names, String valueName, String says, Values values) {
  Option {
    names = List.copyOf(names);
  }

  static Option of(String names, String valueName, String says, Values values) {
    List<String> each = List.of(names.split("[ ,|]+"));
    if (each.stream().anyMatch(name -> !name.startsWith("-"))) {
      throw new IllegalArgumentException("an option starts with a dash: " + names);
    }
    return new Option(each, valueName, says, values);
  }

  String name() {
    return names.getFirst();
  }

  boolean isFlag() {
    return valueName.isEmpty();
  }

  /** Whether all words up to the next option are its values. */
  boolean takesMany() {
    return valueName.endsWith("…");
  }

  /** Whether something typed is this option; underscores and dashes are the same. */
  boolean isNamed(String typed) {
    String wanted = normal(typed);
    return names.stream().anyMatch(name -> normal(name).equals(wanted));
  }

  /** {@code --sort KEY}. */
  String usage() {
    return isFlag() ? name() : name() + " " + valueName;
  }

  private static String normal(String name) {
    return name.startsWith("--") ? name.replace('_', '-') : name;
  }
}
