package dev.slm.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs statements. */
final class Interpreter {
  /** How a body ended. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Budget budget;
  private final Evaluator evaluator;
  private StringBuilder out = new StringBuilder();

  Interpreter(Budget budget) {
    this.budget = budget;
    evaluator = new Evaluator(budget);
  }

  String run(List<Stmt> body, Scope scope) {
    body(body, scope);
    return out.toString();
  }

  private Flow body(List<Stmt> body, Scope scope) {
    budget.enter();
    for (Stmt statement : body) {
      Flow flow = statement(statement, scope);
      if (flow != Flow.ON) {
        budget.leave();
        return flow;
      }
    }
    budget.leave();
    return Flow.ON;
  }

  private Flow statement(Stmt statement, Scope scope) {
    budget.step(statement.line());
    switch (statement) {
      case Stmt.Text text -> write(text.text());
      case Stmt.Output output ->
          write(Printing.text(evaluator.value(output.value(), scope), budget));
      case Stmt.If condition -> {
        return condition(condition, scope);
      }
      case Stmt.For loop -> loop(loop, scope);
      case Stmt.Assign assignment ->
          assign(assignment.targets(), evaluator.value(assignment.value(), scope), scope);
      case Stmt.AssignAttribute assignment -> assignAttribute(assignment, scope);
      case Stmt.AssignBlock block -> {
        String text = captured(block.body(), new Scope(scope));
        scope.set(block.target(), evaluator.filtered(text, block.filters(), scope));
      }
      case Stmt.Macro macro ->
          scope.set(macro.name(), function(macro.name(), macro.parameters(), macro.body(), scope));
      case Stmt.CallBlock block -> callBlock(block, scope);
      case Stmt.FilterBlock block -> {
        String text = captured(block.body(), new Scope(scope));
        write(Printing.text(evaluator.filtered(text, block.filters(), scope), budget));
      }
      case Stmt.With with -> {
        Scope inner = new Scope(scope);
        with.values().forEach((name, value) -> inner.set(name, evaluator.value(value, scope)));
        return body(with.body(), inner);
      }
      case Stmt.Break _ -> {
        return Flow.BREAK;
      }
      case Stmt.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private void write(String text) {
    budget.output(text.length());
    out.append(text);
  }

  private Flow condition(Stmt.If condition, Scope scope) {
    for (Stmt.Branch branch : condition.branches()) {
      if (evaluator.isTrue(branch.test(), scope)) {
        return body(branch.body(), scope);
      }
    }
    return body(condition.otherwise(), scope);
  }

  private void loop(Stmt.For statement, Scope scope) {
    List<@Nullable Object> items = Values.items(evaluator.value(statement.items(), scope));
    budget.build(items.size());
    if (statement.filter() != null) {
      items = kept(statement, statement.filter(), items, scope);
    }
    if (items.isEmpty()) {
      body(statement.otherwise(), new Scope(scope));
      return;
    }
    Loop loop = new Loop(items);
    for (int i = 0; i < items.size(); i++) {
      budget.step(statement.line());
      loop.at(i);
      Scope inner = new Scope(scope);
      inner.set("loop", loop);
      assign(statement.targets(), items.get(i), inner);
      if (body(statement.body(), inner) == Flow.BREAK) {
        return;
      }
    }
  }

  private List<@Nullable Object> kept(
      Stmt.For statement, Expr filter, List<@Nullable Object> items, Scope scope) {
    List<@Nullable Object> kept = new ArrayList<>();
    for (Object item : items) {
      Scope inner = new Scope(scope);
      assign(statement.targets(), item, inner);
      if (evaluator.isTrue(filter, inner)) {
        kept.add(item);
      }
    }
    return kept;
  }

  private static void assign(List<String> targets, @Nullable Object value, Scope scope) {
    if (targets.size() == 1) {
      scope.set(targets.getFirst(), value);
      return;
    }
    List<@Nullable Object> parts = Values.items(value);
    if (parts.size() != targets.size()) {
      throw TemplateFault.of(
          "expected " + targets.size() + " values to unpack, found " + parts.size());
    }
    for (int i = 0; i < parts.size(); i++) {
      scope.set(targets.get(i), parts.get(i));
    }
  }

  private void assignAttribute(Stmt.AssignAttribute assignment, Scope scope) {
    if (!(scope.get(assignment.target()) instanceof Namespace namespace)) {
      throw TemplateFault.of("'" + assignment.target() + "' is not a namespace");
    }
    namespace.fields.put(assignment.name(), evaluator.value(assignment.value(), scope));
  }

  private void callBlock(Stmt.CallBlock block, Scope scope) {
    Scope inner = new Scope(scope);
    Function caller = function("caller", block.parameters(), block.body(), scope);
    inner.set("caller", caller);
    Object target = evaluator.value(block.call().target(), inner);
    if (!(target instanceof Function function)) {
      throw TemplateFault.of(Values.kind(target) + " cannot be called");
    }
    Given given = evaluator.given(block.call().arguments(), inner);
    Map<String, @Nullable Object> named = new LinkedHashMap<>(given.named());
    named.put("caller", caller);
    write(Printing.text(function.call(new Given(given.positional(), named)), budget));
  }

  private Function function(
      String name, List<Stmt.Parameter> parameters, List<Stmt> body, Scope defined) {
    return given -> {
      budget.enterCall();
      if (given.positional().size() > parameters.size()) {
        throw TemplateFault.of("'" + name + "' takes " + parameters.size() + " values");
      }
      Scope scope = new Scope(defined);
      if (given.named().get("caller") instanceof Function caller) {
        scope.set("caller", caller);
      }
      for (int i = 0; i < parameters.size(); i++) {
        scope.set(parameters.get(i).name(), argument(parameters.get(i), i, given, scope));
      }
      String text = captured(body, scope);
      budget.leaveCall();
      return text;
    };
  }

  private @Nullable Object argument(Stmt.Parameter parameter, int place, Given given, Scope scope) {
    if (given.has(place, parameter.name())) {
      return given.get(place, parameter.name());
    }
    return parameter.byDefault() == null
        ? new Undefined(parameter.name())
        : evaluator.value(parameter.byDefault(), scope);
  }

  private String captured(List<Stmt> body, Scope scope) {
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      body(body, scope);
      return out.toString();
    } finally {
      out = outer;
    }
  }
}
