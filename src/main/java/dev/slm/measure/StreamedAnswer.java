package dev.slm.measure;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.util.concurrent.Flow;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Collects an answer of OpenAI's protocol, event by event or whole, and when its parts came. */
final class StreamedAnswer {
  private static final int LONGEST = 16 * 1024 * 1024;

  private static final String EVENT = "data:";
  private static final JsonNode NOTHING = Json.object();

  private final String model;
  private final StringBuilder body = new StringBuilder();
  private long start;
  private long first;
  private long last;
  private JsonNode usage = NOTHING;

  StreamedAnswer(String model) {
    this.model = model;
  }

  synchronized void start() {
    start = System.nanoTime();
  }

  /** Receives the lines of an answer with this status. */
  Flow.Subscriber<String> lines(int status) {
    return new Flow.Subscriber<>() {
      @Override
      public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
      }

      @Override
      public void onNext(String line) {
        accept(line, status);
      }

      @Override
      public void onError(Throwable e) {
        // the request itself fails with it
      }

      @Override
      public void onComplete() {
        complete();
      }
    };
  }

  private synchronized void complete() {
    last = System.nanoTime();
  }

  /** Keeps a line. Reading them all waits for the end: here it would slow a model down. */
  private synchronized void accept(String line, int status) {
    if (body.length() < LONGEST) {
      body.append(line).append('\n');
    }
    if (first == 0 && status == 200 && isEvent(line) && !piece(parse(event(line))).isEmpty()) {
      first = System.nanoTime();
    }
  }

  private static boolean isEvent(String line) {
    return line.startsWith(EVENT) && !line.endsWith("[DONE]");
  }

  private static String event(String line) {
    return line.substring(EVENT.length());
  }

  private static String piece(JsonNode event) {
    return event.path("choices").path(0).path("delta").path("content").asString("");
  }

  private static JsonNode parse(String json) {
    try {
      return Json.tree(json);
    } catch (JacksonException e) {
      return NOTHING;
    }
  }

  /** The answer of a stream; without {@code usage} its events are counted as tokens. */
  synchronized Sample streamed(String prompt) {
    if (first == 0) {
      throw Problem.failed("'" + model + "' sent no text");
    }
    StringBuilder text = new StringBuilder();
    int pieces = 0;
    for (String line : body.toString().split("\n", -1)) {
      JsonNode event = isEvent(line) ? parse(event(line)) : NOTHING;
      String piece = piece(event);
      text.append(piece);
      pieces += piece.isEmpty() ? 0 : 1;
      usage = event.path("usage").isObject() ? event.path("usage") : usage;
    }
    return sample(
        prompt, text.toString(), seconds(first), usage.path("completion_tokens").asInt(pieces));
  }

  /** The answer in one piece. */
  synchronized Sample whole(String prompt, int status) {
    JsonNode answer = parse(body.toString());
    JsonNode content = answer.path("choices").path(0).path("message").path("content");
    if (status != 200 || !content.isString()) {
      throw EndpointSpeaker.refused(model, status, body.toString());
    }
    usage = answer.path("usage");
    return sample(prompt, content.stringValue(), 0, usage.path("completion_tokens").asInt(0));
  }

  private Sample sample(String prompt, String answer, double firstSeconds, int tokens) {
    return new Sample(
        prompt,
        answer,
        seconds(last),
        firstSeconds,
        usage.path("prompt_tokens").asInt(0),
        usage.path("prompt_tokens_details").path("cached_tokens").asInt(0),
        tokens);
  }

  private double seconds(long until) {
    return (until - start) / 1e9;
  }
}
