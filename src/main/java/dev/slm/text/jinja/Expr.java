package dev.slm.text.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An expression of a template. */
sealed interface Expr {
  int line();

  record Literal(int line, @Nullable Object value) implements Expr {}

  record Name(int line, String name) implements Expr {}

  record ListOf(int line, List<Expr> items) implements Expr {}

  record DictOf(int line, List<Entry> entries) implements Expr {}

  /** One entry of a dictionary. */
  record Entry(Expr key, Expr value) {}

  record Attribute(int line, Expr target, String name) implements Expr {}

  record Index(int line, Expr target, Expr index) implements Expr {}

  record Slice(int line, Expr target, @Nullable Expr from, @Nullable Expr to, @Nullable Expr step)
      implements Expr {}

  record Call(int line, Expr target, Arguments arguments) implements Expr {}

  /** The input is null at the head of a filter block. */
  record Filter(int line, @Nullable Expr input, String name, Arguments arguments) implements Expr {}

  record Test(int line, Expr input, String name, List<Expr> arguments, boolean negated)
      implements Expr {}

  record Unary(int line, String operator, Expr operand) implements Expr {}

  record Binary(int line, String operator, Expr left, Expr right) implements Expr {}

  record Compare(int line, Expr first, List<Link> links) implements Expr {}

  /** One step of a chain of comparisons. */
  record Link(String operator, Expr right) {}

  record Conditional(int line, Expr then, Expr test, @Nullable Expr otherwise) implements Expr {}

  /** What a call gives, by position and by name. */
  record Arguments(List<Expr> positional, Map<String, Expr> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());
  }
}
