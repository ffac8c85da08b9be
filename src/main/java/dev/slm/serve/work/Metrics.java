package dev.slm.serve.work;

import dev.slm.model.Timings;
import dev.slm.serve.http.Answered;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What monitoring asks for, under our names and under those of vLLM, for which people already have
 * dashboards. Labels are routes of ours, statuses, and names of models in the cache: text that a
 * client chose never becomes one.
 */
public final class Metrics {
  /** A cache with more models than this would make more series than a monitor likes. */
  private static final int MOST_MODELS = 100;

  private static final String OTHER_MODELS = "other";

  private static final Duration[] LATENCIES = {
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60)
  };

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<String, ModelMetrics> models = new ConcurrentHashMap<>();

  public Metrics() {
    NamingConvention usual = registry.config().namingConvention();
    registry.config().namingConvention(new KeepsVllmNames(usual));
  }

  /** A number that is looked up when somebody asks. */
  public void gauge(String name, String says, Supplier<Number> value) {
    Gauge.builder(name, value).description(says).register(registry);
  }

  /** Counts a request that is over. */
  public void answered(Answered request) {
    String route = request.route().isEmpty() ? "none" : request.route();
    Counter.builder("slm.requests")
        .description("Requests by route and status; 0 is a client that left.")
        .tag("route", route)
        .tag("status", Integer.toString(request.status()))
        .register(registry)
        .increment();
    Timer.builder("slm.request")
        .description("Time from the first byte of a request to the last of its answer.")
        .tag("route", route)
        .serviceLevelObjectives(LATENCIES)
        .register(registry)
        .record(request.time());
  }

  /** The figures of a model that is in the cache. */
  public ModelMetrics model(String name) {
    ModelMetrics known = models.get(name);
    if (known != null) {
      return known;
    }
    String label = models.size() < MOST_MODELS ? name : OTHER_MODELS;
    return models.computeIfAbsent(label, ModelMetrics::new);
  }

  /** All figures in the text format of Prometheus. */
  public String text() {
    return registry.scrape();
  }

  /** The figures of one model. */
  public final class ModelMetrics {
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final Counter promptTokens;
    private final Counter answerTokens;
    private final Counter cachedTokens;
    private final Counter vllmPromptTokens;
    private final Counter vllmAnswerTokens;
    private final Timer firstToken;
    private final Timer vllmFirstToken;
    private final Timer perToken;

    private ModelMetrics(String name) {
      Tags own = Tags.of("model", name);
      Tags vllm = Tags.of("model_name", name);
      gauge("slm.answers.waiting", "Requests that wait for a slot.", own, waiting);
      gauge("slm.answers.running", "Requests that are answered.", own, running);
      gauge("vllm:num_requests_waiting", "Requests that wait for a slot.", vllm, waiting);
      gauge("vllm:num_requests_running", "Requests that are answered.", vllm, running);
      promptTokens = counter("slm.prompt.tokens", "Prompt tokens.", own);
      cachedTokens = counter("slm.prompt.cached.tokens", "Prompt tokens that cost nothing.", own);
      answerTokens = counter("slm.answer.tokens", "Tokens written.", own);
      vllmPromptTokens = counter("vllm:prompt_tokens", "Prompt tokens.", vllm);
      vllmAnswerTokens = counter("vllm:generation_tokens", "Tokens written.", vllm);
      firstToken = timer("slm.time.to.first.token", "Time to the first token.", own);
      vllmFirstToken = timer("vllm:time_to_first_token_seconds", "Time to the first token.", vllm);
      perToken = timer("slm.time.per.token", "Time of one token after the first.", own);
    }

    public void waits() {
      waiting.incrementAndGet();
    }

    public void waitsNoMore() {
      waiting.decrementAndGet();
    }

    public void runs() {
      running.incrementAndGet();
    }

    public void runsNoMore() {
      running.decrementAndGet();
    }

    /** Counts an answer. */
    public void answered(Timings timings) {
      promptTokens.increment(timings.promptTokens());
      vllmPromptTokens.increment(timings.promptTokens());
      cachedTokens.increment(timings.cachedTokens());
      answerTokens.increment(timings.answerTokens());
      vllmAnswerTokens.increment(timings.answerTokens());
      if (timings.answerTokens() > 0) {
        firstToken.record(timings.timeToFirstToken());
        vllmFirstToken.record(timings.timeToFirstToken());
      }
      if (timings.answerTokens() > 1) {
        perToken.record(timings.answerTime().dividedBy(timings.answerTokens() - 1));
      }
    }
  }

  private void gauge(String name, String says, Tags tags, AtomicInteger value) {
    Gauge.builder(name, value, AtomicInteger::get)
        .description(says)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private Counter counter(String name, String says, Tags tags) {
    return Counter.builder(name).description(says).tags(tags).register(registry);
  }

  private Timer timer(String name, String says, Tags tags) {
    return Timer.builder(name)
        .description(says)
        .tags(tags)
        .serviceLevelObjectives(LATENCIES)
        .register(registry);
  }

  /** Prometheus' usual names, but for those that begin with {@code vllm:}. */
  private record KeepsVllmNames(NamingConvention usual) implements NamingConvention {
    @Override
    public String name(String name, Meter.Type type, @Nullable String unit) {
      return name.startsWith("vllm:") ? name : usual.name(name, type, unit);
    }

    @Override
    public String tagKey(String key) {
      return usual.tagKey(key);
    }

    @Override
    public String tagValue(String value) {
      return usual.tagValue(value);
    }
  }
}
