package dev.slm.shell;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.session.ChatModel;
import dev.slm.session.Conversation;
import dev.slm.session.GenerationOverrides;
import dev.slm.session.Lease;
import dev.slm.session.Session;
import dev.slm.session.Turn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jline.reader.Completer;

/** The commands within a chat. */
final class SlashCommands {
  /** What a command takes, does, and is for. */
  private record Entry(String takes, String says, Action action) {}

  private interface Action {
    void run(String rest);
  }

  private static final String EXIT = "/exit";
  private static final Map<String, String> ALIASES =
      Map.of("/?", "/help", "/bye", EXIT, "/quit", EXIT);

  private final Chat chat;
  private final Session session;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private boolean leaving;

  SlashCommands(Chat chat) {
    this.chat = chat;
    session = chat.session();
    add("/help", "", "shows this list", _ -> help());
    add(
        "/system",
        "[TEXT]",
        "tells the model who it is; without text, takes it back",
        this::system);
    add("/set", "[NAME VALUE]", "changes how answers are chosen", this::set);
    add("/show", "", "shows model, settings and conversation", _ -> show());
    add("/clear", "", "forgets the conversation, keeps the system text", _ -> clear());
    add("/undo", "", "takes back the last question and its answer", _ -> undo());
    add("/retry", "[TEXT]", "asks the last question again, or TEXT in its place", this::retry);
    ConversationFiles files = new ConversationFiles(chat);
    add(
        "/save",
        "FILE [--with-cache]",
        "writes the conversation: .md to read, .json to load again; its KV cache beside it",
        files::save);
    add("/load", "FILE", "goes on with a saved conversation", files::load);
    add("/model", "[NAME]", "goes on with another model", this::model);
    add("/template", "[prompt]", "shows the chat template, or what the model gets", this::template);
    add(
        "/stats",
        "[on|off]",
        "shows the last answer's figures, or ends and begins them",
        this::stats);
    add(EXIT, "", "leaves the chat", _ -> leaving = true);
  }

  private void add(String name, String takes, String says, Action action) {
    entries.put(name, new Entry(takes, says, action));
  }

  /** Whether a line ends the chat. */
  static boolean leaves(String line) {
    return ALIASES.getOrDefault(line, line).equals(EXIT);
  }

  /** Runs a line that begins with a slash; false when the person leaves. */
  boolean run(String line) {
    String[] words = line.split("\\s+", 2);
    String name = ALIASES.getOrDefault(words[0], words[0]);
    Entry entry = entries.get(name);
    if (entry == null) {
      throw Nearest.unknown("chat command", words[0], entries.keySet(), "/help");
    }
    entry.action.run(words.length > 1 ? words[1].strip() : "");
    return !leaving;
  }

  /** Offers commands, and the names of settings behind {@code /set}. */
  Completer completer() {
    return (_, line, found) -> {
      List<String> words = line.words();
      if (line.wordIndex() == 0 && line.word().startsWith("/")) {
        entries.forEach((name, entry) -> found.add(ChatInput.offer(name, entry.says)));
      } else if (line.wordIndex() == 1 && words.getFirst().equals("/set")) {
        settingNames().forEach(name -> found.add(ChatInput.offer(name, "")));
      } else if (line.wordIndex() == 1
          && (words.getFirst().equals("/save") || words.getFirst().equals("/load"))) {
        Paths.complete(line.word(), _ -> true)
            .forEach(path -> found.add(ChatInput.offer(path.text(), path.says())));
      }
    };
  }

  private static List<String> settingNames() {
    List<String> names = new ArrayList<>(GenerationOverrides.names());
    names.add(Settings.REASONING.name());
    return names;
  }

  private void help() {
    entries.forEach(
        (name, entry) ->
            chat.screen().line("%-20s %s".formatted(name + " " + entry.takes, entry.says)));
    chat.screen().line("%-20s %s".formatted("\"\"\"", "begins and ends a text of several lines"));
  }

  private void system(String text) {
    session.conversation().system(Optional.of(text));
    chat.screen().note(text.isBlank() ? "no system text" : "the system text is set");
  }

  private void set(String rest) {
    if (rest.isEmpty()) {
      settings();
      return;
    }
    String[] words = rest.split("\\s+", 2);
    if (words.length < 2) {
      throw Problem.usage("'" + words[0] + "' needs a value").next("/set temperature 0.2");
    }
    if (words[0].equals(Settings.REASONING.name())) {
      chat.settings().override(Settings.REASONING, words[1]);
    } else if (words[1].equals("default")) {
      session.overrides().reset(words[0]);
    } else {
      session.overrides().set(words[0], words[1]);
    }
    chat.screen().note(words[0] + " is " + words[1]);
  }

  private void settings() {
    try (Lease lease = session.lease(chat.call().progress())) {
      var now = session.settings(lease.model());
      Screen screen = chat.screen();
      screen.line("max_tokens           " + now.maxTokens());
      screen.line("temperature          " + now.temperature());
      screen.line("top_k                " + now.topK());
      screen.line("top_p                " + now.topP());
      screen.line("min_p                " + now.minP());
      screen.line("repetition_penalty   " + now.repetitionPenalty());
      screen.line("presence_penalty     " + now.presencePenalty());
      screen.line("frequency_penalty    " + now.frequencyPenalty());
      screen.line("no_repeat_ngram      " + now.noRepeatNgram());
      screen.line(
          "seed                 " + (now.seed().isPresent() ? now.seed().getAsLong() : "-"));
      screen.line("stop                 " + now.stop());
      screen.line("reasoning            " + chat.settings().get(Settings.REASONING));
    }
  }

  private void show() {
    Conversation conversation = session.conversation();
    Screen screen = chat.screen();
    screen.line("model                " + session.model().orElse("-"));
    screen.line("system               " + conversation.system().orElse("-"));
    screen.line("turns                " + conversation.turns().size());
    if (conversation.forgotten() > 0) {
      screen.line("no longer sent       " + conversation.forgotten());
    }
    chat.last()
        .ifPresent(
            last ->
                screen.line(
                    "context              %,d of %,d tokens"
                        .formatted(last.contextTokens(), last.contextLength())));
    settings();
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

  private void template(String rest) {
    try (Lease lease = session.lease(chat.call().progress())) {
      ChatModel model = lease.model();
      if (rest.equals("prompt")) {
        var messages = session.conversation().messages("…");
        chat.screen().line(model.promptText(messages));
        return;
      }
      chat.screen().note("from " + model.templateSource());
      chat.screen().line(model.templateText());
    }
  }

  private void stats(String rest) {
    switch (rest) {
      case "on" -> chat.reports(true);
      case "off" -> chat.reports(false);
      case "" ->
          chat.screen()
              .line(chat.last().map(AnswerReport::line).orElse("nothing was answered yet"));
      default -> throw Problem.usage("'" + rest + "' is neither on nor off").next("/stats off");
    }
  }
}
