package dev.slm.text.jinja;

/** A piece of a template's source. */
record Token(Kind kind, String text, int line) {
  enum Kind {
    DATA,
    STATEMENT_START,
    STATEMENT_END,
    OUTPUT_START,
    OUTPUT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind wanted, String content) {
    return kind == wanted && text.equals(content);
  }

  boolean isOperator(String content) {
    return is(Kind.OPERATOR, content);
  }

  boolean isName(String content) {
    return is(Kind.NAME, content);
  }

  /** As it may stand in a message. */
  String shown() {
    return kind == Kind.END ? "the end of the template" : "'" + text + "'";
  }
}
