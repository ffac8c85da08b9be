package dev.slm.measure;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.Units;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.model.GenerationSettings;
import dev.slm.session.ModelSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Asks models the same prompts in turn and measures them; one that fails does not end the run. */
public final class Benchmark {
  private static final Duration REHEARSAL = Duration.ofMillis(500);
  private static final int FEW = 16;

  private final Speaker.Source speakers;
  private final String place;
  private final String version;

  private Benchmark(Speaker.Source speakers, String place, String version) {
    this.speakers = speakers;
    this.place = place;
    this.version = version;
  }

  /** Models of the cache, loaded in this process one after the other. */
  public static Benchmark here(
      ModelSource models, Engines engines, LoadSettings settings, String version) {
    return new Benchmark(LocalSpeaker.source(models, engines, settings), "this machine", version);
  }

  /** Models behind an endpoint whose address ends in {@code /v1}. */
  public static Benchmark at(URI endpoint, String key, boolean isStreamed, String version) {
    return new Benchmark(
        EndpointSpeaker.source(endpoint, key, isStreamed), endpoint.toString(), version);
  }

  /**
   * Measures every model. Whoever ends it gets what was measured until then, and a problem when
   * that is nothing.
   */
  public BenchmarkRun run(BenchmarkSettings settings, Progress progress) {
    if (settings.models().isEmpty()) {
      throw Problem.usage("no model to measure").next("benchmark run MODEL…");
    }
    Instant started = Instant.now();
    List<ModelResult> results = new ArrayList<>();
    try {
      for (String model : settings.models()) {
        measure(model, settings, results, progress);
      }
    } catch (Problem e) {
      if (e.status() != Problem.Status.INTERRUPTED || results.isEmpty()) {
        throw e;
      }
    }
    return new BenchmarkRun(started, place, machine(), version, settings, results);
  }

  private void measure(
      String model, BenchmarkSettings settings, List<ModelResult> results, Progress progress) {
    try {
      rehearse(model, settings, progress);
      boolean isFresh = PeakMemory.reset();
      try (Speaker speaker = speakers.open(model, progress)) {
        List<Sample> samples = new ArrayList<>();
        try {
          ask(model, speaker, settings, samples, progress);
        } finally {
          if (!samples.isEmpty()) {
            results.add(result(model, speaker, isFresh, samples));
          }
        }
      }
    } catch (Problem e) {
      if (e.status() == Problem.Status.INTERRUPTED) {
        throw e;
      }
      String reason = e.what() + e.why().map(why -> ": " + why).orElse("");
      progress.warn(model + " failed: " + reason);
      results.removeIf(result -> result.model().equals(model));
      results.add(ModelResult.failed(model, reason));
    }
  }

  /**
   * Loads a model and asks it for a moment, uncounted: what the program and the system's file cache
   * learn from it must not be the advantage of whichever model comes second.
   */
  private void rehearse(String model, BenchmarkSettings settings, Progress progress) {
    try (Speaker speaker = speakers.open(model, progress)) {
      if (speaker.isHere()) {
        GenerationSettings few = GenerationSettings.greedy(Math.min(FEW, settings.maxTokens()));
        long end = System.nanoTime() + REHEARSAL.toNanos();
        do {
          speaker.ask(settings.prompts().getFirst(), few, progress);
        } while (System.nanoTime() < end);
      }
    }
  }

  private static ModelResult result(
      String model, Speaker speaker, boolean isFresh, List<Sample> samples) {
    return new ModelResult(
        model,
        "",
        speaker.loadSeconds(),
        speaker.diskBytes(),
        speaker.isHere() && isFresh ? PeakMemory.bytes() : 0,
        samples);
  }

  private static void ask(
      String model,
      Speaker speaker,
      BenchmarkSettings settings,
      List<Sample> samples,
      Progress progress) {
    GenerationSettings greedy = GenerationSettings.greedy(settings.maxTokens());
    int count = settings.warmup() + settings.rounds() * settings.prompts().size();
    progress.start("measure " + model, count, Progress.Unit.ITEMS);
    for (int i = 0; i < settings.warmup(); i++) {
      speaker.ask(settings.prompts().get(i % settings.prompts().size()), greedy, progress);
      progress.advance(1);
    }
    for (int round = 0; round < settings.rounds(); round++) {
      for (String prompt : settings.prompts()) {
        samples.add(speaker.ask(prompt, greedy, progress));
        progress.advance(1);
      }
    }
  }

  private static String machine() {
    Runtime runtime = Runtime.getRuntime();
    return "%s %s, %d processors, heap up to %s, Java %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            runtime.availableProcessors(),
            Units.bytes(runtime.maxMemory()),
            System.getProperty("java.version"));
  }
}
