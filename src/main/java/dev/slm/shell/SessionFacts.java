package dev.slm.shell;

import dev.slm.base.Units;
import dev.slm.session.ModelInMemory;
import dev.slm.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What {@code status} tells of the session; nothing is made for the telling. */
public final class SessionFacts implements StatusCommands.Source {
  private final Supplier<Optional<Session>> session;

  public SessionFacts(Supplier<Optional<Session>> session) {
    this.session = session;
  }

  @Override
  public List<Fact> facts() {
    return session.get().map(SessionFacts::of).orElse(List.of(new Fact("model", "none loaded")));
  }

  private static List<Fact> of(Session session) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("model", session.model().orElse("none loaded")));
    List<ModelInMemory> loaded = session.models().list();
    if (!loaded.isEmpty()) {
      String lines = loaded.stream().map(SessionFacts::line).collect(Collectors.joining("; "));
      facts.add(new Fact("in memory", lines));
    }
    int turns = session.conversation().turns().size();
    facts.add(new Fact("conversation", turns == 1 ? "1 turn" : turns + " turns"));
    session.conversation().system().ifPresent(text -> facts.add(new Fact("system", text)));
    Map<String, String> chosen = session.overrides().values();
    if (!chosen.isEmpty()) {
      facts.add(new Fact("answers", line(chosen)));
    }
    return facts;
  }

  private static String line(ModelInMemory model) {
    return "%s, %s, context %,d, engine %s"
        .formatted(
            model.name(), Units.bytes(model.memoryBytes()), model.contextLength(), model.engine());
  }

  private static String line(Map<String, String> chosen) {
    return chosen.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
