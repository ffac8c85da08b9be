package dev.slm.shell;

/** A positional argument of a command. */
record Argument(String name, String says, Values values, Count count) {

  /** How many words it takes. */
  enum Count {
    ONE,
    OPTIONAL,
    SOME,
    ANY;

    boolean isRequired() {
      return this == ONE || this == SOME;
    }

    boolean isMany() {
      return this == SOME || this == ANY;
    }
  }

  /** {@code NAME}, {@code [NAME]}, {@code NAME...}, {@code [NAME...]}. */
  String usage() {
    String text = count.isMany() ? name + "..." : name;
    return count.isRequired() ? text : "[" + text + "]";
  }
}
