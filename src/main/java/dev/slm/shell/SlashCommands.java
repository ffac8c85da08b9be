package dev.slm.shell;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.session.Session;
import dev.slm.session.Turn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jline.reader.Completer;

/** The commands within a chat. */
final class SlashCommands {
  /**
   * A command.
   *
   * @param takes what follows its name
   * @param offers what the Tab key offers for its words; the last one is half typed
   */
  private record Entry(
      String takes, String says, Function<List<String>, List<Completion>> offers, Action action) {}

  private interface Action {
    void run(String rest);
  }

  private static final String EXIT = "/exit";
  private static final Map<String, String> ALIASES =
      Map.of("/?", "/help", "/bye", EXIT, "/quit", EXIT, "/regenerate", "/retry");

  private final Chat chat;
  private final Session session;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean leaving;

  SlashCommands(Chat chat, Values models) {
    this.chat = chat;
    session = chat.session();
    ChatSettings settings = new ChatSettings(chat);
    ChatFacts facts = new ChatFacts(chat, settings);
    ConversationFiles files = new ConversationFiles(chat);
    add("/help", "[COMMAND]", "lists what can be typed here", words(this::names), this::help);
    add("/system", "[TEXT]", "tells the model who it is; alone, takes it back", this::system);
    add(
        "/set",
        "[NAME VALUE]",
        "changes how answers are chosen and shown; alone, lists it all",
        SlashCommands::settingOffers,
        rest -> set(settings, rest));
    add(
        "/show",
        "[" + String.join("|", ChatFacts.PARTS) + "]",
        "shows the model, what is set, and what was said",
        words(() -> ChatFacts.PARTS),
        facts::show);
    add("/clear", "", "forgets the conversation, keeps the system text", _ -> clear());
    add("/undo", "", "takes back the last question and its answer", _ -> undo());
    add("/retry", "[TEXT]", "asks the last question again, or TEXT in its place", this::retry);
    add(
        "/save",
        "FILE [" + ConversationFiles.WITH_CACHE + "]",
        "writes the conversation: .md to read, .json to load again; its KV cache beside it",
        ConversationFiles::offers,
        files::save);
    add(
        "/load",
        "FILE",
        "goes on with a saved conversation",
        typed -> Paths.complete(typed.getLast(), _ -> true),
        files::load);
    add(
        "/model",
        "[NAME]",
        "goes on with another model",
        typed -> typed.size() == 2 ? models.offers(typed.getLast()) : List.of(),
        this::model);
    add(
        "/template",
        "[prompt]",
        "shows the chat template, or what the model gets",
        words(() -> List.of("prompt")),
        facts::template);
    add(
        "/stats",
        "[on|off]",
        "shows the last answer's figures, or ends and begins them",
        words(() -> List.of("on", "off")),
        this::stats);
    add(EXIT, "", "leaves the chat", _ -> leaving = true);
  }

  private void add(String name, String takes, String says, Action action) {
    add(name, takes, says, _ -> List.of(), action);
  }

  private void add(
      String name,
      String takes,
      String says,
      Function<List<String>, List<Completion>> offers,
      Action action) {
    entries.put(name, new Entry(takes, says, offers, action));
  }

  /** Whether a line ends the chat. */
  static boolean leaves(String line) {
    return ALIASES.getOrDefault(line, line).equals(EXIT);
  }

  /** Runs a line that begins with a slash; false when the person leaves. */
  boolean run(String line) {
    String[] words = line.split("\\s+", 2);
    known(words[0]).action.run(words.length > 1 ? words[1].strip() : "");
    return !leaving;
  }

  private Entry known(String name) {
    Entry entry = entries.get(ALIASES.getOrDefault(name, name));
    if (entry == null) {
      throw Nearest.unknown("chat command", name, entries.keySet(), "/help");
    }
    return entry;
  }

  /** Offers commands, and behind one what it takes. */
  Completer completer() {
    return (_, line, found) -> {
      List<Completion> offers = offers(line.words());
      for (int i = 0; i < offers.size(); i++) {
        found.add(offers.get(i).candidate(i));
      }
    };
  }

  /** Offers for the last, half typed word of a line. */
  List<Completion> offers(List<String> words) {
    if (!words.getFirst().startsWith("/")) {
      return List.of();
    }
    if (words.size() == 1) {
      return entries.entrySet().stream()
          .map(entry -> new Completion(entry.getKey(), entry.getValue().says, true))
          .toList();
    }
    Entry entry = entries.get(ALIASES.getOrDefault(words.getFirst(), words.getFirst()));
    return entry == null ? List.of() : entry.offers.apply(words);
  }

  /** Offers for the first word behind a command. */
  private static Function<List<String>, List<Completion>> words(Supplier<List<String>> texts) {
    return typed ->
        typed.size() == 2 ? texts.get().stream().map(Completion::of).toList() : List.of();
  }

  private static List<Completion> settingOffers(List<String> typed) {
    List<String> texts =
        switch (typed.size()) {
          case 2 -> ChatSettings.names();
          case 3 -> ChatSettings.values(typed.get(1));
          default -> List.of();
        };
    return texts.stream().map(Completion::of).toList();
  }

  private List<String> names() {
    return entries.keySet().stream().map(name -> name.substring(1)).toList();
  }

  private void help(String rest) {
    if (rest.isEmpty()) {
      Table table = Table.of("!", "").wrapsLast();
      entries.forEach((name, entry) -> table.row(name + " " + entry.takes, entry.says));
      table.row("\"\"\"", "begins and ends a text of several lines");
      table.row("Ctrl-C", "stops an answer; Ctrl-D leaves");
      chat.screen().table(table);
      return;
    }
    String name = rest.startsWith("/") ? rest : "/" + rest;
    Entry entry = known(name);
    chat.screen().line(ALIASES.getOrDefault(name, name) + " " + entry.takes);
    chat.screen().line("  " + entry.says);
    if (ALIASES.getOrDefault(name, name).equals("/set")) {
      new ChatSettings(chat).list();
    }
  }

  private void system(String text) {
    session.conversation().system(Optional.of(text));
    chat.screen().note(text.isBlank() ? "no system text" : "the system text is set");
  }

  /** People who come from other programs set these too. */
  private void set(ChatSettings settings, String rest) {
    String[] words = rest.split("\\s+", 2);
    switch (words[0]) {
      case "system" -> system(words.length > 1 ? words[1].replaceAll("^\"|\"$", "") : "");
      case "verbose" -> stats("on");
      case "quiet" -> stats("off");
      default -> settings.set(rest);
    }
  }

  private void clear() {
    session.conversation().clear();
    chat.screen().note("the conversation is empty");
  }

  private void undo() {
    Turn turn =
        session.conversation().undo().orElseThrow(() -> Problem.usage("nothing was asked yet"));
    chat.screen().note("took back: " + turn.question());
  }

  private void retry(String rest) {
    Optional<String> other = Optional.of(rest).filter(text -> !text.isEmpty());
    var _ = chat.show(view -> session.retry(other, view, chat.call().progress()));
  }

  private void model(String rest) {
    if (rest.isEmpty()) {
      chat.screen().line(session.model().orElse("-"));
      return;
    }
    chat.talkTo(rest);
    chat.screen().note("talking to " + session.model().orElse(rest));
  }

  private void stats(String rest) {
    switch (rest) {
      case "on", "off" -> {
        chat.reports(rest.equals("on"));
        chat.screen().note("figures behind answers are " + rest);
      }
      case "" ->
          chat.screen()
              .line(
                  chat.last()
                      .map(last -> AnswerReport.line(last, Screen.UNLIMITED))
                      .orElse("nothing was answered yet"));
      default -> throw Problem.usage("'" + rest + "' is neither on nor off").next("/stats off");
    }
  }
}
