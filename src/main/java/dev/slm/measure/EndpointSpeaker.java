package dev.slm.measure;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafeText;
import dev.slm.model.GenerationSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A model behind an endpoint that speaks OpenAI's protocol. */
final class EndpointSpeaker implements Speaker {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** A small machine may need minutes for an answer; one that needs more is not measured. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final long POLL_MILLIS = 50;

  private final URI endpoint;
  private final String key;
  private final String model;
  private final boolean isStreamed;

  /** Without threads of its own for each piece of an answer: they would slow a model down. */
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .executor(Runnable::run)
          .build();

  private EndpointSpeaker(URI endpoint, String key, String model, boolean isStreamed) {
    this.endpoint = endpoint;
    this.key = key;
    this.model = model;
    this.isStreamed = isStreamed;
  }

  /** Models of an endpoint whose address ends in {@code /v1}. */
  static Source source(URI endpoint, String key, boolean isStreamed) {
    return (name, _) -> new EndpointSpeaker(endpoint, key, name, isStreamed);
  }

  @Override
  public Sample ask(String prompt, GenerationSettings settings, Progress progress) {
    StreamedAnswer answer = new StreamedAnswer(model);
    HttpRequest request = request(prompt, settings);
    answer.start();
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(
            request,
            info ->
                HttpResponse.BodySubscribers.fromLineSubscriber(answer.lines(info.statusCode())));
    HttpResponse<Void> response = await(exchange, progress);
    return isStreamed && response.statusCode() == 200
        ? answer.streamed(prompt)
        : answer.whole(prompt, response.statusCode());
  }

  private HttpRequest request(String prompt, GenerationSettings settings) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", model);
    body.put("messages", List.of(Map.of("role", "user", "content", prompt)));
    body.put("max_tokens", settings.maxTokens());
    body.put("temperature", settings.temperature());
    if (isStreamed) {
      body.put("stream", true);
      body.put("stream_options", Map.of("include_usage", true));
    }
    return HttpRequest.newBuilder(URI.create(endpoint + "/chat/completions"))
        .timeout(LONGEST)
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + key)
        .POST(HttpRequest.BodyPublishers.ofString(Json.line(body)))
        .build();
  }

  private HttpResponse<Void> await(
      CompletableFuture<HttpResponse<Void>> exchange, Progress progress) {
    long end = System.nanoTime() + LONGEST.toNanos();
    try {
      while (System.nanoTime() < end) {
        progress.checkCancelled();
        try {
          return exchange.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // time to look whether people still want it
        }
      }
      throw unreachable("no answer within " + LONGEST.toMinutes() + " minutes");
    } catch (ExecutionException e) {
      String reason = e.getCause() instanceof IOException io ? String.valueOf(io.getMessage()) : "";
      throw unreachable(reason.equals("null") ? "the connection was refused" : reason).causedBy(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted().causedBy(e);
    } finally {
      exchange.cancel(true);
    }
  }

  private Problem unreachable(String reason) {
    return Problem.of(Problem.Status.UNREACHABLE, "no answer from '" + endpoint + "'")
        .why(reason)
        .next("check that the service runs: service status");
  }

  /** The problem of an answer that is not one. */
  static Problem refused(String model, int status, String body) {
    String reason = "status " + status;
    try {
      JsonNode error = Json.tree(body).path("error");
      String text = error.path("message").asString(error.asString(""));
      reason = text.isEmpty() ? reason : reason + ": " + SafeText.line(text);
    } catch (JacksonException e) {
      // the status has to do
    }
    return Problem.failed("'" + model + "' did not answer").why(reason);
  }

  @Override
  public double loadSeconds() {
    return 0;
  }

  @Override
  public long diskBytes() {
    return 0;
  }

  @Override
  public boolean isHere() {
    return false;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
