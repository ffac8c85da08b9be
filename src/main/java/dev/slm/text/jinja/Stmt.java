package dev.slm.text.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A statement of a template. */
sealed interface Stmt {
  int line();

  record Text(int line, String text) implements Stmt {}

  record Output(int line, Expr value) implements Stmt {}

  record If(int line, List<Branch> branches, List<Stmt> otherwise) implements Stmt {}

  /** One condition with what follows from it. */
  record Branch(Expr test, List<Stmt> body) {}

  record For(
      int line,
      List<String> targets,
      Expr items,
      @Nullable Expr filter,
      List<Stmt> body,
      List<Stmt> otherwise)
      implements Stmt {}

  record Assign(int line, List<String> targets, Expr value) implements Stmt {}

  record AssignAttribute(int line, String target, String name, Expr value) implements Stmt {}

  record AssignBlock(int line, String target, List<Expr.Filter> filters, List<Stmt> body)
      implements Stmt {}

  record Macro(int line, String name, List<Parameter> parameters, List<Stmt> body)
      implements Stmt {}

  /** A parameter with its default. */
  record Parameter(String name, @Nullable Expr byDefault) {}

  record CallBlock(int line, Expr.Call call, List<Parameter> parameters, List<Stmt> body)
      implements Stmt {}

  record FilterBlock(int line, List<Expr.Filter> filters, List<Stmt> body) implements Stmt {}

  record With(int line, Map<String, Expr> values, List<Stmt> body) implements Stmt {}

  record Break(int line) implements Stmt {}

  record Continue(int line) implements Stmt {}
}
