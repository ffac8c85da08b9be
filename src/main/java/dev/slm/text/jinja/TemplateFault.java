package dev.slm.text.jinja;

/** A template that cannot be read or run, with the line at fault, 0 when none is known. */
public final class TemplateFault extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final String reason;

  TemplateFault(int line, String reason) {
    super(reason + " at line " + line, null, false, false);
    this.line = line;
    this.reason = reason;
  }

  /** A fault whose line the interpreter knows. */
  static TemplateFault of(String reason) {
    return new TemplateFault(0, reason);
  }

  public int line() {
    return line;
  }

  public String reason() {
    return reason;
  }
}
