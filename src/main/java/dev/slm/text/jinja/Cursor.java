package dev.slm.text.jinja;

import dev.slm.text.jinja.Token.Kind;
import java.util.List;

/** The place of a parser in its tokens, with the depth of what it is in. */
final class Cursor {
  private final List<Token> tokens;
  private int at;
  private int depth;

  Cursor(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  int line() {
    return current().line();
  }

  Token next() {
    Token token = current();
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean skipOperator(String text) {
    return skip(current().isOperator(text));
  }

  boolean skipName(String text) {
    return skip(current().isName(text));
  }

  private boolean skip(boolean matches) {
    if (matches) {
      at++;
    }
    return matches;
  }

  void expectOperator(String text) {
    if (!skipOperator(text)) {
      throw expected("'" + text + "'");
    }
  }

  void expectName(String text) {
    if (!skipName(text)) {
      throw expected("'" + text + "'");
    }
  }

  void expect(Kind kind, String shown) {
    if (current().kind() != kind) {
      throw expected(shown);
    }
    next();
  }

  String name() {
    if (current().kind() != Kind.NAME) {
      throw expected("a name");
    }
    return next().text();
  }

  void enter() {
    if (++depth > Limits.DEPTH) {
      throw new TemplateFault(line(), "nests deeper than " + Limits.DEPTH);
    }
  }

  void leave() {
    depth--;
  }

  TemplateFault expected(String what) {
    return new TemplateFault(line(), "expected " + what + ", found " + current().shown());
  }
}
