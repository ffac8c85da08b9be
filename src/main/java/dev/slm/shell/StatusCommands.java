package dev.slm.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shows the state of the session; every area adds its facts. */
public final class StatusCommands implements CommandGroup {
  /** Knows a part of the state; must not load anything to tell it. */
  public interface Source {
    List<Fact> facts();
  }

  private final List<Source> sources;

  public StatusCommands(List<Source> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(
        CommandSpec.named("status")
            .group("Session")
            .says("Shows what is loaded, where work runs and what is set.")
            .json()
            .example("status", "the loaded model, the context, the cache folder")
            .runs(this::print));
  }

  private void print(Call call) {
    List<Fact> facts = sources.stream().flatMap(source -> source.facts().stream()).toList();
    if (call.flag("json")) {
      Map<String, String> fields = new LinkedHashMap<>();
      facts.forEach(fact -> fields.put(fact.name(), fact.value()));
      call.screen().json(fields);
      return;
    }
    Table table = Table.of("", "").wrapsLast();
    facts.forEach(fact -> table.row(Text.dim(fact.name()), Text.of(fact.value())));
    call.screen().table(table);
  }
}
