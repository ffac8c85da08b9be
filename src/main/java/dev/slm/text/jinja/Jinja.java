package dev.slm.text.jinja;

import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A template that was read and can be rendered any number of times, by several threads. */
public final class Jinja {
  private final List<Stmt> body;
  private final Supplier<Clock> clock;

  private Jinja(List<Stmt> body, Supplier<Clock> clock) {
    this.body = body;
    this.clock = clock;
  }

  /** Reads a template, or says what is wrong with it and where. */
  public static Jinja parse(String template) {
    return new Jinja(Parser.parse(template), () -> Clock.system(ZoneId.systemDefault()));
  }

  /** The same for templates that print the date. */
  static Jinja parse(String template, Clock clock) {
    return new Jinja(Parser.parse(template), () -> clock);
  }

  /** Renders with names for values of JSON-like types. */
  public String render(Map<String, ? extends @Nullable Object> values) {
    Budget budget = new Budget();
    Scope globals = new Scope(null);
    Globals.into(globals, budget, clock);
    values.forEach((name, value) -> globals.set(name, Values.of(value)));
    try {
      return new Interpreter(budget).run(body, new Scope(globals));
    } catch (TemplateFault e) {
      throw e.line() > 0 ? e : new TemplateFault(budget.line(), e.reason());
    } catch (StackOverflowError e) {
      throw new TemplateFault(budget.line(), "nests too deep");
    }
  }
}
