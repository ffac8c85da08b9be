package dev.slm.text.jinja;

import dev.slm.text.jinja.Expr.Arguments;
import dev.slm.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads expressions with the precedence of Jinja, loosest first. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> NOT_AN_ARGUMENT = Set.of("else", "or", "and", "is", "if", "in");

  private final Cursor cursor;

  ExpressionParser(Cursor cursor) {
    this.cursor = cursor;
  }

  /** An expression, or several with commas between them. */
  Expr tuple() {
    return tuple(expression());
  }

  /** What a loop runs over: a condition behind it belongs to the loop. */
  Expr iterable() {
    return tuple(or());
  }

  private Expr tuple(Expr first) {
    if (!cursor.current().isOperator(",")) {
      return first;
    }
    List<Expr> items = new ArrayList<>(List.of(first));
    while (cursor.skipOperator(",") && startsExpression()) {
      items.add(expression());
    }
    return new Expr.ListOf(first.line(), items);
  }

  private boolean startsExpression() {
    return switch (cursor.current().kind()) {
      case NAME, STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> Set.of("(", "[", "{", "-", "+").contains(cursor.current().text());
      default -> false;
    };
  }

  Expr expression() {
    cursor.enter();
    Expr value = or();
    while (cursor.current().isName("if")) {
      int line = cursor.next().line();
      Expr test = or();
      Expr otherwise = cursor.skipName("else") ? expression() : null;
      value = new Expr.Conditional(line, value, test, otherwise);
    }
    cursor.leave();
    return value;
  }

  Expr or() {
    Expr left = and();
    while (cursor.current().isName("or")) {
      int line = cursor.next().line();
      left = new Expr.Binary(line, "or", left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (cursor.current().isName("and")) {
      int line = cursor.next().line();
      left = new Expr.Binary(line, "and", left, not());
    }
    return left;
  }

  private Expr not() {
    if (!cursor.current().isName("not")) {
      return comparison();
    }
    cursor.enter();
    int line = cursor.next().line();
    Expr value = new Expr.Unary(line, "not", not());
    cursor.leave();
    return value;
  }

  private Expr comparison() {
    int line = cursor.line();
    Expr first = sum();
    List<Expr.Link> links = new ArrayList<>();
    for (String operator = comparator(); operator != null; operator = comparator()) {
      links.add(new Expr.Link(operator, sum()));
    }
    return links.isEmpty() ? first : new Expr.Compare(line, first, links);
  }

  private @Nullable String comparator() {
    Token token = cursor.current();
    if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
      return cursor.next().text();
    }
    if (cursor.skipName("in")) {
      return "in";
    }
    if (token.isName("not") && cursor.following().isName("in")) {
      cursor.next();
      cursor.next();
      return "not in";
    }
    return null;
  }

  private Expr sum() {
    Expr left = concatenation();
    while (cursor.current().isOperator("+") || cursor.current().isOperator("-")) {
      Token operator = cursor.next();
      left = new Expr.Binary(operator.line(), operator.text(), left, concatenation());
    }
    return left;
  }

  private Expr concatenation() {
    Expr left = product();
    while (cursor.current().isOperator("~")) {
      int line = cursor.next().line();
      left = new Expr.Binary(line, "~", left, product());
    }
    return left;
  }

  private Expr product() {
    Expr left = power();
    while (cursor.current().kind() == Kind.OPERATOR
        && Set.of("*", "/", "//", "%").contains(cursor.current().text())) {
      Token operator = cursor.next();
      left = new Expr.Binary(operator.line(), operator.text(), left, power());
    }
    return left;
  }

  private Expr power() {
    Expr left = unary(true);
    while (cursor.current().isOperator("**")) {
      int line = cursor.next().line();
      left = new Expr.Binary(line, "**", left, unary(true));
    }
    return left;
  }

  private Expr unary(boolean withFilters) {
    cursor.enter();
    Expr value;
    if (cursor.current().isOperator("-") || cursor.current().isOperator("+")) {
      Token operator = cursor.next();
      value = new Expr.Unary(operator.line(), operator.text(), unary(false));
    } else {
      value = postfix(primary());
    }
    cursor.leave();
    return withFilters ? filters(value) : value;
  }

  private Expr primary() {
    Token token = cursor.next();
    return switch (token.kind()) {
      case NAME -> named(token);
      case STRING -> new Expr.Literal(token.line(), adjacentTexts(token.text()));
      case INTEGER -> new Expr.Literal(token.line(), integer(token));
      case FLOAT -> new Expr.Literal(token.line(), Double.parseDouble(token.text()));
      case OPERATOR -> bracketed(token);
      default -> throw unexpected(token);
    };
  }

  private static Expr named(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expr.Literal(token.line(), true);
      case "false", "False" -> new Expr.Literal(token.line(), false);
      case "none", "None" -> new Expr.Literal(token.line(), null);
      default -> new Expr.Name(token.line(), token.text());
    };
  }

  private String adjacentTexts(String first) {
    StringBuilder text = new StringBuilder(first);
    while (cursor.current().kind() == Kind.STRING) {
      text.append(cursor.next().text());
    }
    return text.toString();
  }

  private static Long integer(Token token) {
    try {
      return Long.valueOf(token.text());
    } catch (NumberFormatException e) {
      throw new TemplateFault(token.line(), "the number " + token.text() + " is too large");
    }
  }

  private Expr bracketed(Token open) {
    return switch (open.text()) {
      case "(" -> parenthesized(open.line());
      case "[" -> new Expr.ListOf(open.line(), items("]"));
      case "{" -> dictionary(open.line());
      default -> throw unexpected(open);
    };
  }

  private Expr parenthesized(int line) {
    if (cursor.skipOperator(")")) {
      return new Expr.ListOf(line, List.of());
    }
    Expr value = tuple();
    cursor.expectOperator(")");
    return value;
  }

  private List<Expr> items(String close) {
    List<Expr> items = new ArrayList<>();
    while (!cursor.skipOperator(close)) {
      if (!items.isEmpty()) {
        cursor.expectOperator(",");
        if (cursor.skipOperator(close)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expr dictionary(int line) {
    List<Expr.Entry> entries = new ArrayList<>();
    while (!cursor.skipOperator("}")) {
      if (!entries.isEmpty()) {
        cursor.expectOperator(",");
        if (cursor.skipOperator("}")) {
          break;
        }
      }
      Expr key = expression();
      cursor.expectOperator(":");
      entries.add(new Expr.Entry(key, expression()));
    }
    return new Expr.DictOf(line, entries);
  }

  private Expr postfix(Expr target) {
    Expr value = target;
    while (cursor.current().kind() == Kind.OPERATOR) {
      int line = cursor.line();
      if (cursor.skipOperator(".")) {
        value = member(line, value);
      } else if (cursor.skipOperator("[")) {
        value = subscript(line, value);
      } else if (cursor.current().isOperator("(")) {
        value = new Expr.Call(line, value, arguments());
      } else {
        break;
      }
    }
    return value;
  }

  private Expr member(int line, Expr target) {
    Token token = cursor.next();
    return switch (token.kind()) {
      case NAME -> new Expr.Attribute(line, target, token.text());
      case INTEGER -> new Expr.Index(line, target, new Expr.Literal(line, integer(token)));
      default -> throw unexpected(token);
    };
  }

  private Expr subscript(int line, Expr target) {
    Expr from = isSliceEnd() ? null : expression();
    if (from != null && cursor.skipOperator("]")) {
      return new Expr.Index(line, target, from);
    }
    cursor.expectOperator(":");
    Expr to = isSliceEnd() ? null : expression();
    Expr step = cursor.skipOperator(":") && !isSliceEnd() ? expression() : null;
    cursor.expectOperator("]");
    return new Expr.Slice(line, target, from, to, step);
  }

  private boolean isSliceEnd() {
    return cursor.current().isOperator(":") || cursor.current().isOperator("]");
  }

  Arguments arguments() {
    cursor.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    Map<String, Expr> named = new LinkedHashMap<>();
    while (!cursor.skipOperator(")")) {
      if (!positional.isEmpty() || !named.isEmpty()) {
        cursor.expectOperator(",");
        if (cursor.skipOperator(")")) {
          break;
        }
      }
      if (cursor.current().kind() == Kind.NAME && cursor.following().isOperator("=")) {
        String name = cursor.name();
        cursor.expectOperator("=");
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
    }
    return new Arguments(positional, named);
  }

  private Expr filters(Expr input) {
    Expr value = input;
    while (true) {
      if (cursor.current().isOperator("|")) {
        value = filter(value);
      } else if (cursor.current().isName("is")) {
        value = test(value);
      } else if (cursor.current().isOperator("(")) {
        value = new Expr.Call(cursor.line(), value, arguments());
      } else {
        return value;
      }
    }
  }

  Expr.Filter filter(@Nullable Expr input) {
    int line = cursor.line();
    cursor.skipOperator("|");
    String name = cursor.name();
    Arguments arguments = cursor.current().isOperator("(") ? arguments() : Arguments.NONE;
    return new Expr.Filter(line, input, name, arguments);
  }

  private Expr test(Expr input) {
    int line = cursor.next().line();
    boolean negated = cursor.skipName("not");
    Token token = cursor.current();
    String name = token.kind() == Kind.OPERATOR ? cursor.next().text() : cursor.name();
    return new Expr.Test(line, input, name, testArguments(), negated);
  }

  private List<Expr> testArguments() {
    Token token = cursor.current();
    if (token.isOperator("(")) {
      return arguments().positional();
    }
    boolean literal =
        switch (token.kind()) {
          case STRING, INTEGER, FLOAT -> true;
          case NAME -> !NOT_AN_ARGUMENT.contains(token.text()) && !token.isName("not");
          case OPERATOR -> token.text().equals("[") || token.text().equals("{");
          default -> false;
        };
    return literal ? List.of(postfix(primary())) : List.of();
  }

  private static TemplateFault unexpected(Token token) {
    return new TemplateFault(token.line(), "unexpected " + token.shown());
  }
}
