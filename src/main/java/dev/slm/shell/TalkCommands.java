package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Setting;
import dev.slm.base.Settings;
import dev.slm.base.Units;
import dev.slm.engine.LoadSettings;
import dev.slm.session.GenerationOverrides;
import dev.slm.session.LoadRequest;
import dev.slm.session.ModelInMemory;
import dev.slm.session.Session;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Loading models and talking to them. */
public final class TalkCommands implements CommandGroup {
  private static final String GROUP = "Models";
  private static final Map<String, Setting<?>> STORED =
      Map.of(
          "temperature", Settings.TEMPERATURE,
          "top_p", Settings.TOP_P,
          "top_k", Settings.TOP_K,
          "min_p", Settings.MIN_P,
          "repetition_penalty", Settings.REPETITION_PENALTY,
          "max_tokens", Settings.MAX_TOKENS,
          "seed", Settings.SEED);

  private final Supplier<Session> session;
  private final Settings settings;
  private final Preparer preparer;
  private final Values models;
  private final Values engines;

  /**
   * Commands that load nothing until one of them runs.
   *
   * @param models names that completion offers
   */
  public TalkCommands(
      Supplier<Session> session,
      Settings settings,
      Preparer preparer,
      Supplier<? extends Collection<String>> models,
      Supplier<? extends Collection<String>> engines) {
    this.session = session;
    this.settings = settings;
    this.preparer = preparer;
    this.models = Values.names(models);
    this.engines = Values.names(engines);
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(run(), chat(), load(), unload());
  }

  private CommandSpec run() {
    return loading(talking(CommandSpec.named("model run").aliases("run")))
        .says("Loads a model, preparing it first if needed, and talks to it.")
        .argument("NAME", "the model", models)
        .anyArguments("TEXT", "asks this and ends, as --prompt does", Values.any())
        .option("--prompt -p", "TEXT", "asks this and ends", Values.any())
        .example("model run slm-demo", "talk to the bundled model")
        .example("model run slm-demo --prompt \"Who are you?\"", "one answer")
        .example("slm model run slm-demo --temperature 0 < question.txt", "the question is a file")
        .example(
            "slm model run slm-demo --prompt \"Explain this.\" < notes.txt", "notes, then question")
        .runs(this::run);
  }

  private CommandSpec chat() {
    return talking(CommandSpec.named("chat"))
        .says("Talks to the loaded model.")
        .converses()
        .anyArguments("TEXT", "asks this and ends", Values.any())
        .example("chat", "go on talking")
        .example("chat \"And why?\" --max-tokens 50", "one more question")
        .runs(this::chat);
  }

  private CommandSpec load() {
    return loading(CommandSpec.named("model load").group(GROUP))
        .says("Loads a model into memory.")
        .argument("NAME", "the model", models)
        .option("--ttl", "MINUTES", "time it stays unused, 0 for ever", Values.whole(0, 10_080))
        .example("model load slm-demo --ttl 30", "half an hour")
        .runs(this::load);
  }

  private CommandSpec unload() {
    return CommandSpec.named("model unload")
        .group(GROUP)
        .says("Takes models out of memory: those named, or the one that is talked to.")
        .anyArguments("NAME", "the models", models)
        .flag("--all", "all that are loaded")
        .runs(this::unload);
  }

  private CommandSpec.Builder loading(CommandSpec.Builder builder) {
    return builder
        .option("--engine", "NAME", "the engine that runs it", engines)
        .option("--threads -t", "N", "threads it runs on", Values.whole(1, 1024))
        .option(
            "--context-length --max-context",
            "TOKENS",
            "most of a conversation",
            Values.whole(1, 1 << 20));
  }

  private static CommandSpec.Builder talking(CommandSpec.Builder builder) {
    return builder
        .group(GROUP)
        .option("--system", "TEXT", "tells the model who it is", Values.any())
        .option("--max-tokens", "N", "most tokens of an answer", Values.whole(1, 1_000_000))
        .option("--temperature", "T", "randomness, 0 for none", Values.number(0, 5))
        .option("--top-k", "N", "takes one of the likeliest", Values.whole(0, 1_000_000))
        .option("--top-p", "P", "takes from this share", Values.number(0, 1))
        .option("--min-p", "P", "drops what is less likely", Values.number(0, 1))
        .option("--repetition-penalty", "X", "above 1 avoids words", Values.number(0.01, 10))
        .option("--presence-penalty", "X", "for words that came", Values.number(-2, 2))
        .option("--frequency-penalty", "X", "for words each time", Values.number(-2, 2))
        .option("--no-repeat-ngram", "N", "no N words twice", Values.whole(0, 1000))
        .option("--seed", "N", "the same seed, the same text", Values.whole(0, Integer.MAX_VALUE))
        .option("--stop", "TEXT", "ends the answer here; several times", Values.any());
  }

  private void run(Call call) {
    Optional<String> question = Questions.of(call);
    int turns = session.get().conversation().turns().size();
    session.get().begin();
    Session here = prepared(call);
    Chat chat = new Chat(here, settings, preparer, models, call);
    if (question.isEmpty() && call.input().isInteractive()) {
      chat.converse(
          () -> {
            load(here, request(call), call);
            introduce(here, call);
            if (turns > 0) {
              call.screen()
                  .note("this is a new conversation: 'model run' begins one, 'chat' goes on");
            }
          });
      return;
    }
    load(here, request(call), call);
    question.ifPresent(chat::once);
  }

  private void chat(Call call) {
    Session here = prepared(call);
    if (here.model().isEmpty()) {
      throw Problem.usage("no model is loaded").next("model run slm-demo");
    }
    Chat chat = new Chat(here, settings, preparer, models, call);
    List<String> text = call.arguments("TEXT");
    if (text.isEmpty()) {
      chat.converse(() -> {});
    } else {
      chat.once(String.join(" ", text));
    }
  }

  private void load(Call call) {
    Session here = session.get();
    LoadRequest request = request(call);
    if (call.whole("ttl").isPresent()) {
      request = request.withKeepAlive(stay(call.whole("ttl", 0)));
    }
    load(here, request, call);
    introduce(here, call);
  }

  private void load(Session here, LoadRequest request, Call call) {
    String name = call.argument("NAME");
    preparer.prepare(name, call.progress());
    here.load(name, request, call.progress());
  }

  private void unload(Call call) {
    Session here = session.get();
    List<String> names =
        call.flag("all")
            ? here.models().list().stream().map(ModelInMemory::name).toList()
            : call.arguments("NAME");
    if (names.isEmpty() && !call.flag("all")) {
      names =
          here.model()
              .map(List::of)
              .orElseThrow(() -> Problem.usage("no model is loaded").next("status"));
    }
    for (String name : names) {
      boolean unloaded = here.unload(name, call.progress());
      call.screen().line(name + (unloaded ? " is unloaded" : " was not loaded"));
    }
  }

  /** The session with what the line and the settings say. */
  private Session prepared(Call call) {
    Session here = session.get();
    GenerationOverrides overrides = here.overrides();
    STORED.forEach(
        (name, setting) -> {
          String text = settings.value(setting).text();
          if (!text.isEmpty() && !overrides.values().containsKey(name)) {
            overrides.set(name, text);
          }
        });
    for (String name : GenerationOverrides.names()) {
      if (!name.equals("stop")) {
        call.option(name.replace('_', '-')).ifPresent(value -> overrides.set(name, value));
      }
    }
    List<String> stops = call.options("stop");
    if (!stops.isEmpty()) {
      overrides.stop(stops);
    }
    call.option("system").ifPresent(text -> here.conversation().system(Optional.of(text)));
    return here;
  }

  private LoadRequest request(Call call) {
    LoadSettings how = new LoadSettings(call.whole("threads", 0), call.whole("context-length", 0));
    return new LoadRequest(call.option("engine"), how, Optional.empty());
  }

  private static Duration stay(int minutes) {
    return minutes == 0 ? LoadRequest.FOR_EVER : Duration.ofMinutes(minutes);
  }

  private static void introduce(Session here, Call call) {
    String name = here.model().orElse("");
    here.models().list().stream()
        .filter(model -> model.name().equals(name))
        .forEach(
            model ->
                call.screen()
                    .note(
                        "%s is loaded: %s, %s per 1,000 tokens, context %s, engine %s"
                            .formatted(
                                model.name(),
                                Units.bytes(model.memoryBytes()),
                                Units.bytes(1000 * model.bytesPerToken()),
                                Units.grouped(model.contextLength()),
                                model.engine())));
  }
}
