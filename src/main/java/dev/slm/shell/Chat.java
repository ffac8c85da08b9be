package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.model.FinishReason;
import dev.slm.session.AnswerListener;
import dev.slm.session.LoadRequest;
import dev.slm.session.Session;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** A conversation at the prompt: one question, or questions until the person leaves. */
final class Chat {
  private static final String PROMPT = ">>> ";

  private final Session session;
  private final Settings settings;
  private final Preparer preparer;
  private final Call call;
  private final SlashCommands slash;
  private boolean reports = true;
  private Optional<Session.Exchange> last = Optional.empty();

  /** Something that brings an answer. */
  interface Question {
    Session.Exchange ask(AnswerListener listener);
  }

  Chat(Session session, Settings settings, Preparer preparer, Values models, Call call) {
    this.session = session;
    this.settings = settings;
    this.preparer = preparer;
    this.call = call;
    slash = new SlashCommands(this, models);
  }

  Session session() {
    return session;
  }

  /** Goes on with another model. */
  void talkTo(String name) {
    preparer.prepare(name, call.progress());
    session.load(name, LoadRequest.DEFAULT, call.progress());
  }

  Settings settings() {
    return settings;
  }

  Call call() {
    return call;
  }

  Screen screen() {
    return call.screen();
  }

  Optional<Session.Exchange> last() {
    return last;
  }

  /** Whether a line of figures follows each answer. */
  void reports(boolean wanted) {
    reports = wanted;
  }

  boolean reports() {
    return reports;
  }

  /** Asks once; an answer that was stopped ends the command as interrupted. */
  void once(String question) {
    if (ask(question).answer().reason() == FinishReason.CANCELLED) {
      throw Problem.interrupted();
    }
  }

  /** Asks within the conversation and shows the answer. */
  Session.Exchange ask(String question) {
    return show(view -> session.ask(question, view, call.progress()));
  }

  Session.Exchange show(Question question) {
    Session.Exchange exchange;
    try (AnswerView view = new AnswerView(screen(), reasoning())) {
      exchange = question.ask(view);
    }
    last = Optional.of(exchange);
    if (reports) {
      screen().note(AnswerReport.line(exchange, screen().noteWidth()));
    }
    return exchange;
  }

  private AnswerView.Reasoning reasoning() {
    return AnswerView.Reasoning.valueOf(settings.get(Settings.REASONING).toUpperCase(Locale.ROOT));
  }

  /**
   * Takes questions and slash commands until the person leaves.
   *
   * @param first done before the first one is taken; what is typed meanwhile waits
   */
  void converse(Runnable first) {
    boolean isInteractive = call.input().isInteractive();
    try (ChatInput input = ChatInput.of(call.console(), slash.completer())) {
      first.run();
      if (isInteractive) {
        screen().note("/help lists commands, Ctrl-C stops an answer, /exit or Ctrl-D leaves");
      }
      while (true) {
        Optional<ChatInput.Said> said = next(input);
        if (said.isEmpty() || !take(said.get(), isInteractive)) {
          return;
        }
      }
    }
  }

  /** The next thing said; Ctrl-C clears the line. */
  private Optional<ChatInput.Said> next(ChatInput input) {
    while (true) {
      try {
        return input.next(PROMPT);
      } catch (Problem e) {
        if (e.status() != Problem.Status.INTERRUPTED) {
          throw e;
        }
        call.console().cancellation().heard();
      }
    }
  }

  /** Does what was said; false when the person leaves. */
  private boolean take(ChatInput.Said said, boolean isInteractive) {
    if (said.text().isEmpty()) {
      return true;
    }
    if (!isInteractive) {
      return perform(said, this::once);
    }
    try {
      return perform(said, this::ask);
    } catch (Problem e) {
      screen().problem(e);
      return true;
    } finally {
      // Ctrl-C meant this answer, not the chat; in a script it means the script
      call.console().cancellation().heard();
    }
  }

  private boolean perform(ChatInput.Said said, Consumer<String> asking) {
    if (!said.isText() && said.text().startsWith("/")) {
      return slash.run(said.text());
    }
    asking.accept(said.text());
    return true;
  }
}
