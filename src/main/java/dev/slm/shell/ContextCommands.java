package dev.slm.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Chooses where work runs. */
public final class ContextCommands implements CommandGroup {
  private static final String GROUP = "Session";

  private final Contexts contexts;

  public ContextCommands(Contexts contexts) {
    this.contexts = contexts;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(list(), use(), add(), remove());
  }

  private CommandSpec list() {
    return CommandSpec.named("context list")
        .aliases("context ls", "context show")
        .group(GROUP)
        .says("Lists the places where work can run.")
        .json()
        .example("context list", "this machine and the endpoints you added")
        .runs(
            call -> {
              if (call.flag("json")) {
                call.screen().json(contexts.names().stream().map(this::fields).toList());
                return;
              }
              Table table = Table.of("CONTEXT", "", "ADDRESS", "KEY FROM");
              table.row(Contexts.LOCAL, mark(Contexts.LOCAL), "this machine", "");
              contexts
                  .endpoints()
                  .forEach(e -> table.row(e.name(), mark(e.name()), e.url(), e.keyVariable()));
              call.screen().table(table);
            });
  }

  private CommandSpec use() {
    return CommandSpec.named("context use")
        .group(GROUP)
        .says("Makes work run elsewhere, or here again.")
        .argument("NAME", "local, or an endpoint you added", Values.names(contexts::names))
        .example("context use gpu-box", "chat and benchmark ask that endpoint")
        .example("context use local", "work runs on this machine")
        .runs(
            call -> {
              contexts.use(call.argument("NAME"));
              call.screen().note("work runs at '" + contexts.current() + "'");
            });
  }

  private CommandSpec add() {
    return CommandSpec.named("context add")
        .group(GROUP)
        .says("Remembers an endpoint that speaks the OpenAI protocol.")
        .argument("NAME", "what you call it", Values.any())
        .argument("URL", "its base address, with /v1", Values.suggest("http://localhost:8000/v1"))
        .option(
            "--key-from",
            "VARIABLE",
            "the environment variable that holds its key",
            Values.suggest("OPENAI_API_KEY"))
        .example("context add gpu-box http://gpu-box:8000/v1", "a vLLM server")
        .example(
            "context add cloud https://api.example.com/v1 --key-from CLOUD_KEY",
            "the key stays in the environment")
        .runs(
            call -> {
              String name = call.argument("NAME");
              contexts.add(name, call.argument("URL"), call.option("key-from", ""));
              call.screen().note("'context use " + name + "' makes work run there");
            });
  }

  private CommandSpec remove() {
    return CommandSpec.named("context remove")
        .aliases("context rm")
        .group(GROUP)
        .says("Forgets an endpoint.")
        .argument("NAME", "an endpoint you added", Values.names(contexts::names))
        .example("context remove gpu-box", "forgets it; the current one becomes local")
        .runs(call -> contexts.remove(call.argument("NAME")));
  }

  private String mark(String name) {
    return contexts.current().equals(name) ? "*" : "";
  }

  private Map<String, Object> fields(String name) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("current", contexts.current().equals(name));
    contexts.endpoints().stream()
        .filter(endpoint -> endpoint.name().equals(name))
        .findFirst()
        .ifPresent(
            endpoint -> {
              fields.put("url", endpoint.url().toString());
              fields.put("key_from", endpoint.keyVariable());
            });
    return fields;
  }
}
