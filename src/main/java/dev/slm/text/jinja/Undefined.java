package dev.slm.text.jinja;

/** A name that nothing is known by: empty as text, and a fault when something is asked of it. */
record Undefined(String name) {
  TemplateFault fault() {
    return TemplateFault.of("'" + name + "' is undefined");
  }

  @Override
  public String toString() {
    return "";
  }
}
