package dev.slm.bench;

import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.serve.Service;
import dev.slm.serve.ServiceOptions;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.ServedModels;
import dev.slm.session.AnswerListener;
import dev.slm.session.Lease;
import dev.slm.session.LoadRequest;
import dev.slm.session.LoadedModels;
import dev.slm.session.MemoryLimits;
import dev.slm.session.ModelSource;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the service costs: the same model in the same memory answers the same question to the shell,
 * and to a client that reads, whole and streamed. Answer by answer, so that a busy moment and the
 * place of the weights in memory hit all ways alike: {@code ServiceBenchmark CACHE MODEL [TOKENS
 * [TURNS]]}.
 */
final class ServiceBenchmark {
  private static final String QUESTION = "List 3 privacy benefits of local inference.";

  private static final double AIM = 0.05;

  /** So many times as fast or slow is no noise any more. */
  private static final double BROKEN = 2;

  /** The first turns of a process are slower: compilers work. */
  private static final int UNCOUNTED = 3;

  private final LoadedModels models;
  private final Service service;
  private final String model;
  private final int tokens;

  private ServiceBenchmark(LoadedModels models, Service service, String model, int tokens) {
    this.models = models;
    this.service = service;
    this.model = model;
    this.tokens = tokens;
  }

  public static void main(String[] arguments) throws IOException {
    ModelCache cache = ModelCache.at(Path.of(arguments[0]));
    int tokens = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 192;
    int turns = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 21;
    CachedModel cached = cache.resolve(arguments[1]);
    ModelSource source = (name, _) -> ModelSource.Place.of(name, cached.folder());
    Path state = Path.of(arguments[0]).resolveSibling("state");
    try (LoadedModels models =
            new LoadedModels(source, Engines.load(), MemoryLimits.ofMachine(), Clock.systemUTC());
        Service service =
            Service.start(
                ServiceOptions.DEFAULT.withPort(0),
                new ServedModels(cache, models),
                Downloads.NONE,
                state)) {
      boolean isGood = new ServiceBenchmark(models, service, cached.name(), tokens).run(turns);
      if (!isGood) {
        System.exit(1);
      }
    }
  }

  private interface Question {
    void ask() throws IOException;
  }

  private record Way(String name, Question question, List<Double> seconds) {
    Way(String name, Question question) {
      this(name, question, new ArrayList<>());
    }
  }

  private boolean run(int turns) throws IOException {
    Way shell = new Way("shell", this::here);
    Way whole = new Way("service, whole", () -> there(false));
    Way streamed = new Way("service, streamed", () -> there(true));
    List<Way> order = new ArrayList<>(List.of(shell, whole, streamed));
    for (int turn = -UNCOUNTED; turn < turns; turn++) {
      for (Way way : order) {
        long start = System.nanoTime();
        way.question().ask();
        if (turn >= 0) {
          way.seconds().add((System.nanoTime() - start) / 1e9);
        }
      }
      Collections.rotate(order, 1);
    }
    report(shell, shell);
    boolean isWholeGood = report(whole, shell);
    return report(streamed, shell) && isWholeGood;
  }

  /** Says how fast a way is; false when no noise explains it, or when misses count. */
  private boolean report(Way way, Way shell) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < way.seconds().size(); i++) {
      ratios.add(shell.seconds().get(i) / way.seconds().get(i));
    }
    double ratio = quantile(ratios, 0.5);
    boolean isExplained = ratio > 1 / BROKEN && ratio < BROKEN;
    boolean isGood = Math.abs(ratio - 1) <= AIM;
    System.out.printf(
        "  %-6s %-18s%6.1f tokens/s, %.3f of the shell (half of the turns %.3f to %.3f)%n",
        isGood ? "ok" : isExplained ? "MISS" : "BROKEN",
        way.name(),
        tokens / quantile(way.seconds(), 0.5),
        ratio,
        quantile(ratios, 0.25),
        quantile(ratios, 0.75));
    return isGood || (isExplained && System.getenv("STRICT") == null);
  }

  private static double quantile(List<Double> values, double part) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.round(part * (sorted.size() - 1)));
  }

  private void here() {
    try (Lease lease = models.lease(model, LoadRequest.DEFAULT, Progress.NONE)) {
      lease
          .model()
          .answer(
              List.of(Message.user(QUESTION)),
              GenerationSettings.greedy(tokens),
              AnswerListener.NONE,
              Progress.NONE);
    }
  }

  private void there(boolean isStreamed) throws IOException {
    String body =
        """
        {"model": "%s", "messages": [{"role": "user", "content": "%s"}], "temperature": 0,
         "max_tokens": %d, "stream": %s}"""
            .formatted(model, QUESTION, tokens, isStreamed);
    URI uri = URI.create(service.url() + "/v1/chat/completions");
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
    connection.getInputStream().readAllBytes();
  }
}
