package dev.slm.text.jinja;

import dev.slm.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads statements. */
final class Parser {
  private final Cursor cursor;
  private final ExpressionParser expressions;

  private Parser(Cursor cursor) {
    this.cursor = cursor;
    expressions = new ExpressionParser(cursor);
  }

  static List<Stmt> parse(String template) {
    Cursor cursor = new Cursor(Lexer.tokens(template));
    List<Stmt> body = new Parser(cursor).body(Set.of());
    if (cursor.current().kind() != Kind.END) {
      throw cursor.expected("the end of the template");
    }
    return body;
  }

  /** Statements up to a tag that begins with one of the names, or to the end when none is given. */
  private List<Stmt> body(Set<String> ends) {
    cursor.enter();
    List<Stmt> body = new ArrayList<>();
    while (true) {
      Token token = cursor.current();
      switch (token.kind()) {
        case DATA -> body.add(new Stmt.Text(token.line(), cursor.next().text()));
        case OUTPUT_START -> body.add(output());
        case STATEMENT_START -> {
          if (ends.contains(cursor.following().text())) {
            cursor.next();
            cursor.leave();
            return body;
          }
          cursor.next();
          statement(body);
        }
        default -> {
          if (!ends.isEmpty()) {
            throw cursor.expected("'" + ends.stream().sorted().toList().getLast() + "'");
          }
          cursor.leave();
          return body;
        }
      }
    }
  }

  private Stmt output() {
    int line = cursor.next().line();
    Expr value = expressions.tuple();
    cursor.expect(Kind.OUTPUT_END, "'}}'");
    return new Stmt.Output(line, value);
  }

  private void statement(List<Stmt> body) {
    int line = cursor.line();
    String name = cursor.name();
    switch (name) {
      case "if" -> body.add(condition(line));
      case "for" -> body.add(loop(line));
      case "set" -> body.add(assignment(line));
      case "macro" -> body.add(macro(line));
      case "call" -> body.add(callBlock(line));
      case "filter" -> body.add(filterBlock(line));
      case "with" -> body.add(with(line));
      case "break" -> body.add(alone(new Stmt.Break(line)));
      case "continue" -> body.add(alone(new Stmt.Continue(line)));
      case "generation" -> {
        // marks what a model is trained on; it changes no text
        endTag();
        body.addAll(body(Set.of("endgeneration")));
        endOf("endgeneration");
      }
      default -> throw new TemplateFault(line, "'" + name + "' is not supported");
    }
  }

  private Stmt alone(Stmt statement) {
    endTag();
    return statement;
  }

  private Stmt condition(int line) {
    List<Stmt.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    Set<String> ends = Set.of("elif", "else", "endif");
    Expr test = expressions.tuple();
    while (true) {
      endTag();
      branches.add(new Stmt.Branch(test, body(ends)));
      String end = cursor.name();
      if (end.equals("elif")) {
        test = expressions.tuple();
        continue;
      }
      if (end.equals("else")) {
        endTag();
        otherwise = body(Set.of("endif"));
        cursor.expectName("endif");
      }
      endTag();
      return new Stmt.If(line, branches, otherwise);
    }
  }

  private Stmt loop(int line) {
    List<String> targets = targets();
    cursor.expectName("in");
    Expr items = expressions.iterable();
    Expr filter = cursor.skipName("if") ? expressions.expression() : null;
    endTag();
    List<Stmt> body = body(Set.of("else", "endfor"));
    List<Stmt> otherwise = List.of();
    if (cursor.name().equals("else")) {
      endTag();
      otherwise = body(Set.of("endfor"));
      cursor.expectName("endfor");
    }
    endTag();
    return new Stmt.For(line, targets, items, filter, body, otherwise);
  }

  private List<String> targets() {
    boolean parenthesized = cursor.skipOperator("(");
    List<String> names = new ArrayList<>(List.of(cursor.name()));
    while (cursor.skipOperator(",")) {
      names.add(cursor.name());
    }
    if (parenthesized) {
      cursor.expectOperator(")");
    }
    return names;
  }

  private Stmt assignment(int line) {
    List<String> targets = targets();
    if (cursor.skipOperator(".")) {
      String name = cursor.name();
      cursor.expectOperator("=");
      Expr value = expressions.tuple();
      endTag();
      return new Stmt.AssignAttribute(line, targets.getFirst(), name, value);
    }
    if (cursor.skipOperator("=")) {
      Expr value = expressions.tuple();
      endTag();
      return new Stmt.Assign(line, targets, value);
    }
    List<Expr.Filter> filters = filterChain();
    endTag();
    List<Stmt> body = body(Set.of("endset"));
    endOf("endset");
    return new Stmt.AssignBlock(line, targets.getFirst(), filters, body);
  }

  private List<Expr.Filter> filterChain() {
    List<Expr.Filter> filters = new ArrayList<>();
    while (cursor.current().isOperator("|")) {
      filters.add(expressions.filter(null));
    }
    return filters;
  }

  private Stmt macro(int line) {
    String name = cursor.name();
    List<Stmt.Parameter> parameters = parameters();
    endTag();
    List<Stmt> body = body(Set.of("endmacro"));
    cursor.expectName("endmacro");
    if (cursor.current().kind() == Kind.NAME) {
      cursor.next();
    }
    endTag();
    return new Stmt.Macro(line, name, parameters, body);
  }

  private List<Stmt.Parameter> parameters() {
    cursor.expectOperator("(");
    List<Stmt.Parameter> parameters = new ArrayList<>();
    while (!cursor.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        cursor.expectOperator(",");
      }
      String name = cursor.name();
      Expr byDefault = cursor.skipOperator("=") ? expressions.expression() : null;
      parameters.add(new Stmt.Parameter(name, byDefault));
    }
    return parameters;
  }

  private Stmt callBlock(int line) {
    List<Stmt.Parameter> parameters = cursor.current().isOperator("(") ? parameters() : List.of();
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw new TemplateFault(line, "'call' without a call");
    }
    endTag();
    List<Stmt> body = body(Set.of("endcall"));
    endOf("endcall");
    return new Stmt.CallBlock(line, call, parameters, body);
  }

  private Stmt filterBlock(int line) {
    List<Expr.Filter> filters = new ArrayList<>(List.of(expressions.filter(null)));
    filters.addAll(filterChain());
    endTag();
    List<Stmt> body = body(Set.of("endfilter"));
    endOf("endfilter");
    return new Stmt.FilterBlock(line, filters, body);
  }

  private Stmt with(int line) {
    Map<String, Expr> values = new LinkedHashMap<>();
    while (cursor.current().kind() == Kind.NAME) {
      String name = cursor.name();
      cursor.expectOperator("=");
      values.put(name, expressions.expression());
      cursor.skipOperator(",");
    }
    endTag();
    List<Stmt> body = body(Set.of("endwith"));
    endOf("endwith");
    return new Stmt.With(line, values, body);
  }

  private void endOf(String name) {
    cursor.expectName(name);
    endTag();
  }

  private void endTag() {
    cursor.expect(Kind.STATEMENT_END, "'%}'");
  }
}
