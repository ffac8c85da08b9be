package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Works out expressions. */
final class Evaluator {
  private final Budget budget;
  private final Members members;
  private final Filters filters;
  private final Arithmetic arithmetic;

  Evaluator(Budget budget) {
    this.budget = budget;
    members = new Members(budget);
    filters = new Filters(budget, members);
    arithmetic = new Arithmetic(budget);
  }

  @Nullable Object value(Expr expression, Scope scope) {
    budget.step(expression.line());
    budget.enter();
    Object value =
        switch (expression) {
          case Expr.Literal literal -> literal.value();
          case Expr.Name name -> scope.get(name.name());
          case Expr.ListOf list -> values(list.items(), scope);
          case Expr.DictOf map -> map(map, scope);
          case Expr.Attribute access ->
              members.attribute(value(access.target(), scope), access.name());
          case Expr.Index access ->
              members.item(value(access.target(), scope), value(access.index(), scope));
          case Expr.Slice slice -> slice(slice, scope);
          case Expr.Call call -> call(call, scope);
          case Expr.Filter filter -> filter(filter, scope);
          case Expr.Test test -> test(test, scope);
          case Expr.Unary unary -> unary(unary, scope);
          case Expr.Binary binary -> binary(binary, scope);
          case Expr.Compare comparison -> comparison(comparison, scope);
          case Expr.Conditional choice -> choice(choice, scope);
        };
    budget.leave();
    return value;
  }

  boolean isTrue(Expr expression, Scope scope) {
    return Values.isTrue(value(expression, scope));
  }

  /** A chain of filters over a text, as blocks have it. */
  @Nullable Object filtered(@Nullable Object input, List<Expr.Filter> chain, Scope scope) {
    Object value = input;
    for (Expr.Filter filter : chain) {
      value = filters.apply(filter.name(), value, given(filter.arguments(), scope));
    }
    return value;
  }

  Given given(Expr.Arguments arguments, Scope scope) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    arguments.named().forEach((name, value) -> named.put(name, value(value, scope)));
    return new Given(values(arguments.positional(), scope), named);
  }

  @Nullable Object call(Expr.Call call, Scope scope) {
    Object target = value(call.target(), scope);
    if (target instanceof Function function) {
      return function.call(given(call.arguments(), scope));
    }
    if (target instanceof Undefined missing) {
      throw missing.fault();
    }
    throw TemplateFault.of(Values.kind(target) + " cannot be called");
  }

  private List<@Nullable Object> values(List<Expr> expressions, Scope scope) {
    List<@Nullable Object> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(value(expression, scope));
    }
    return values;
  }

  private Map<Object, @Nullable Object> map(Expr.DictOf dictionary, Scope scope) {
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (Expr.Entry entry : dictionary.entries()) {
      Object key = value(entry.key(), scope);
      map.put(key == null ? "None" : key, value(entry.value(), scope));
    }
    return map;
  }

  private Object slice(Expr.Slice slice, Scope scope) {
    Object target = value(slice.target(), scope);
    return members.slice(
        target, bound(slice.from(), scope), bound(slice.to(), scope), bound(slice.step(), scope));
  }

  private @Nullable Long bound(@Nullable Expr expression, Scope scope) {
    Object value = expression == null ? null : value(expression, scope);
    return value == null ? null : (Long) Values.integer(value);
  }

  private @Nullable Object filter(Expr.Filter filter, Scope scope) {
    Object input = filter.input() == null ? null : value(filter.input(), scope);
    return filters.apply(filter.name(), input, given(filter.arguments(), scope));
  }

  private boolean test(Expr.Test test, Scope scope) {
    Object value = value(test.input(), scope);
    boolean passes = Filters.passes(test.name(), value, values(test.arguments(), scope));
    return passes != test.negated();
  }

  private @Nullable Object unary(Expr.Unary unary, Scope scope) {
    Object value = value(unary.operand(), scope);
    return switch (unary.operator()) {
      case "not" -> !Values.isTrue(value);
      case "-" -> value instanceof Double d ? -d : arithmetic.apply("-", 0L, value);
      default -> arithmetic.apply("+", 0L, value);
    };
  }

  private @Nullable Object binary(Expr.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    return switch (binary.operator()) {
      case "or" -> Values.isTrue(left) ? left : value(binary.right(), scope);
      case "and" -> Values.isTrue(left) ? value(binary.right(), scope) : left;
      case "~" -> joined(left, value(binary.right(), scope));
      default -> arithmetic.apply(binary.operator(), left, value(binary.right(), scope));
    };
  }

  private String joined(@Nullable Object left, @Nullable Object right) {
    String first = Printing.text(left, budget);
    String second = Printing.text(right, budget);
    budget.build((long) first.length() + second.length());
    return first + second;
  }

  private boolean comparison(Expr.Compare comparison, Scope scope) {
    Object left = value(comparison.first(), scope);
    for (Expr.Link link : comparison.links()) {
      Object right = value(link.right(), scope);
      if (!holds(link.operator(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private static boolean holds(String operator, @Nullable Object a, @Nullable Object b) {
    return switch (operator) {
      case "==" -> Values.equal(a, b);
      case "!=" -> !Values.equal(a, b);
      case "in" -> Values.contains(b, a);
      case "not in" -> !Values.contains(b, a);
      case "<" -> Values.compare(a, b) < 0;
      case "<=" -> Values.compare(a, b) <= 0;
      case ">" -> Values.compare(a, b) > 0;
      default -> Values.compare(a, b) >= 0;
    };
  }

  private @Nullable Object choice(Expr.Conditional choice, Scope scope) {
    if (isTrue(choice.test(), scope)) {
      return value(choice.then(), scope);
    }
    return choice.otherwise() == null
        ? new Undefined("an 'if' without 'else'")
        : value(choice.otherwise(), scope);
  }
}
