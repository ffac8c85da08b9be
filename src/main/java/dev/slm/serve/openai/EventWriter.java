package dev.slm.serve.openai;

import dev.slm.serve.http.Events;
import dev.slm.serve.work.RequestProgress;
import dev.slm.session.Answer;
import dev.slm.session.AnswerListener;
import dev.slm.session.TokenChoice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends an answer as it comes, as OpenAI's events. */
final class EventWriter implements AnswerListener {
  private final Shape shape;
  private final Events events;
  private final boolean wantsTokens;
  private final RequestProgress progress;
  private final List<TokenChoice> tokens = new ArrayList<>();
  private boolean opened;
  private @Nullable IOException failure;

  EventWriter(Shape shape, Events events, boolean wantsTokens, RequestProgress progress) {
    this.shape = shape;
    this.events = events;
    this.wantsTokens = wantsTokens;
    this.progress = progress;
  }

  @Override
  public void text(String piece) {
    send(shape.piece(piece, takeTokens()));
  }

  @Override
  public void reasoning(String piece) {
    send(shape.reasoning(piece));
  }

  @Override
  public void token(TokenChoice choice) {
    if (wantsTokens) {
      tokens.add(choice);
    }
  }

  /** Sends why the answer ended, and what it cost when that is wanted. */
  void end(Answer answer, boolean usage) throws IOException {
    send(shape.ending(answer, takeTokens()));
    if (usage) {
      send(shape.usageOnly(answer));
    }
    if (failure != null) {
      throw failure;
    }
    events.done();
  }

  private List<TokenChoice> takeTokens() {
    List<TokenChoice> taken = List.copyOf(tokens);
    tokens.clear();
    return taken;
  }

  /** A client that does not take it ends the answer; the engine must not see the exception. */
  private void send(Map<String, @Nullable Object> part) {
    if (failure != null) {
      return;
    }
    try {
      if (!opened) {
        opened = true;
        for (Map<String, @Nullable Object> first : shape.opening()) {
          events.send(first);
        }
      }
      events.send(part);
    } catch (IOException e) {
      failure = e;
      progress.stop();
    }
  }
}
