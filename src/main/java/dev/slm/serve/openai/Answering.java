package dev.slm.serve.openai;

import dev.slm.base.Problem;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.serve.http.Departure;
import dev.slm.serve.http.Events;
import dev.slm.serve.http.Refusal;
import dev.slm.serve.http.Refusals;
import dev.slm.serve.http.Request;
import dev.slm.serve.http.Response;
import dev.slm.serve.work.Metrics;
import dev.slm.serve.work.RequestProgress;
import dev.slm.serve.work.ServedModels;
import dev.slm.serve.work.Slots;
import dev.slm.session.Answer;
import dev.slm.session.AnswerListener;
import dev.slm.session.ChatModel;
import dev.slm.session.Lease;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** Answers requests for text: waits for a slot, loads the model if need be, sends what it says. */
public final class Answering {
  /** Proxies give up connections that are silent for half a minute or more. */
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

  private final ServedModels models;
  private final Slots slots;
  private final Metrics metrics;

  public Answering(ServedModels models, Slots slots, Metrics metrics) {
    this.models = models;
    this.slots = slots;
    this.metrics = metrics;
  }

  /** {@code POST /v1/chat/completions}. */
  public void chat(Request request, Response response) throws IOException {
    answer(ChatRequest.parse(request.body()), request, response);
  }

  /** {@code POST /v1/completions}. */
  public void complete(Request request, Response response) throws IOException {
    answer(CompletionRequest.parse(request.body()), request, response);
  }

  /** {@code POST /v1/chat/completions/tokenizer/encode/count}: Foundry Local's count of tokens. */
  public void count(Request request, Response response) throws IOException {
    ChatRequest asked = ChatRequest.parse(request.body());
    String name = models.nameOf(asked.model());
    RequestProgress progress = new RequestProgress(request.departure());
    slots.run(
        request.departure(),
        SIGN_OF_LIFE,
        () -> {},
        () -> {
          try (Lease lease = models.loaded().lease(name, asked.load(), progress)) {
            int tokens = lease.model().countTokens(asked.messages());
            response.json(200, Map.of("tokenCount", tokens));
          }
        });
  }

  private void answer(Asked asked, Request request, Response response) throws IOException {
    String name = models.nameOf(asked.model());
    Place place = new Place(metrics.model(name));
    Events events = new Events(response);
    Slots.Waiting sign =
        () -> {
          if (asked.stream()) {
            events.keepAlive(SIGN_OF_LIFE.toNanos());
          }
        };
    try {
      slots.run(
          request.departure(),
          SIGN_OF_LIFE,
          sign,
          () -> {
            place.runs();
            work(asked, name, request.departure(), response, events);
          });
    } catch (Refusal refusal) {
      events.fail(refusal);
      throw refusal;
    } catch (Problem problem) {
      // thrown on for the log, which may say more than the client is told
      events.fail(Refusals.of(problem));
      throw problem;
    } finally {
      events.close();
      place.leaves();
    }
  }

  private void work(Asked asked, String name, Departure departure, Response response, Events events)
      throws IOException {
    RequestProgress progress = new RequestProgress(departure);
    try (Lease lease = models.loaded().lease(name, asked.load(), progress)) {
      ChatModel model = lease.model();
      Shape shape = asked.shape(name);
      if (asked.stream()) {
        stream(asked, model, shape, events, progress);
      } else {
        Answer answer = ask(asked, model, AnswerListener.NONE, progress);
        response.json(200, shape.whole(answer));
      }
    }
  }

  private void stream(
      Asked asked, ChatModel model, Shape shape, Events events, RequestProgress progress)
      throws IOException {
    EventWriter writer = new EventWriter(shape, events, asked.logprobs() >= 0, progress);
    Answer answer = ask(asked, model, writer, progress);
    writer.end(answer, asked.usageAtEnd());
  }

  private Answer ask(
      Asked asked, ChatModel model, AnswerListener listener, RequestProgress progress)
      throws IOException {
    Answer answer = asked.answer(model, settings(asked, model), listener, progress);
    metrics.model(model.name()).answered(answer.timings());
    if (answer.reason() == FinishReason.CANCELLED) {
      throw progress.end();
    }
    return answer;
  }

  private static GenerationSettings settings(Asked asked, ChatModel model) {
    GenerationSettings settings = asked.settings(model.defaults());
    settings.logitBias().keySet().stream()
        .filter(token -> token >= model.vocabularySize())
        .findFirst()
        .ifPresent(
            token -> {
              String field = "logit_bias." + token;
              throw Refusal.of(
                      400,
                      "'%s' is not a token of this model, which has %d"
                          .formatted(field, model.vocabularySize()))
                  .param(field);
            });
    // the probability of the chosen token comes with at least one alternative
    return asked.logprobs() < 0 ? settings : settings.withLogprobs(Math.max(1, asked.logprobs()));
  }

  /** Whether a request still waits or is being answered, for the gauges. */
  private static final class Place {
    private final Metrics.ModelMetrics figures;
    private boolean running;

    Place(Metrics.ModelMetrics figures) {
      this.figures = figures;
      figures.waits();
    }

    synchronized void runs() {
      running = true;
      figures.waitsNoMore();
      figures.runs();
    }

    synchronized void leaves() {
      if (running) {
        figures.runsNoMore();
      } else {
        figures.waitsNoMore();
      }
    }
  }
}
