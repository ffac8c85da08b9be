package dev.slm.shell;

import dev.slm.base.Nearest;
import dev.slm.base.Units;
import dev.slm.session.ChatModel;
import dev.slm.session.Conversation;
import dev.slm.session.Lease;
import dev.slm.session.Session;
import dev.slm.session.Turn;
import java.util.List;
import java.util.Map;

/** {@code /show} and {@code /template}: what a chat consists of. */
final class ChatFacts {
  static final List<String> PARTS = List.of("model", "settings", "system", "conversation");

  /** What other programs call the parts. */
  private static final Map<String, String> ALIASES =
      Map.of("info", "model", "parameters", "settings", "history", "conversation");

  private final Chat chat;
  private final Session session;
  private final ChatSettings settings;

  ChatFacts(Chat chat, ChatSettings settings) {
    this.chat = chat;
    this.settings = settings;
    session = chat.session();
  }

  /** One part, or all of them in short. */
  void show(String part) {
    switch (ALIASES.getOrDefault(part, part)) {
      case "" -> {
        model();
        summary();
        chat.screen().line();
        settings.list();
      }
      case "model" -> model();
      case "settings" -> settings.list();
      case "system" -> chat.screen().line(session.conversation().system().orElse("-"));
      case "conversation" -> turns();
      case "template" -> template("");
      default -> throw Nearest.unknown("part", part, PARTS, "/show");
    }
  }

  private void model() {
    try (Lease lease = session.lease(chat.call().progress())) {
      ChatModel model = lease.model();
      fact("model", model.name());
      fact("folder", model.folder().toString());
      fact("engine", model.engine());
      fact(
          "memory",
          "%s, %s per 1,000 tokens"
              .formatted(
                  Units.bytes(model.memoryBytes()),
                  Units.bytes(1000 * model.loaded().bytesPerToken())));
      fact("chat template", model.templateSource());
      fact("context", "%,d tokens".formatted(model.contextLength()));
    }
  }

  private void summary() {
    Conversation conversation = session.conversation();
    chat.last()
        .ifPresent(
            last ->
                fact(
                    "used",
                    "%,d of %,d tokens".formatted(last.contextTokens(), last.contextLength())));
    fact("turns", String.valueOf(conversation.turns().size()));
    if (conversation.forgotten() > 0) {
      fact("no longer sent", String.valueOf(conversation.forgotten()));
    }
    fact("system", conversation.system().orElse("-"));
  }

  private void fact(String name, String value) {
    chat.screen().line("%-16s%s".formatted(name, value));
  }

  private void turns() {
    if (session.conversation().isEmpty()) {
      chat.screen().note("the conversation is empty");
    }
    for (Turn turn : session.conversation().turns()) {
      chat.screen().line(Text.of(wrapped(">>> " + turn.question()), Text.Style.NAME));
      chat.screen().line(wrapped(turn.answer()));
    }
  }

  private String wrapped(String text) {
    WordWrap wrap = new WordWrap(chat.screen().lineWidth());
    return wrap.next(text) + wrap.end();
  }

  /** The chat template, or what the model would get for a question. */
  void template(String rest) {
    try (Lease lease = session.lease(chat.call().progress())) {
      ChatModel model = lease.model();
      if (rest.equals("prompt")) {
        chat.screen().line(model.promptText(session.conversation().messages("…")));
        return;
      }
      chat.screen().note("from " + model.templateSource());
      chat.screen().line(model.templateText());
    }
  }
}
