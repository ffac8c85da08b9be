package dev.slm.measure;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.Units;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.model.GenerationSettings;
import dev.slm.session.ModelSource;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Asks models the same prompts in turn and measures them; one that fails does not end the run. */
public final class Benchmark {
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

  /** Measures every model. */
  public BenchmarkRun run(BenchmarkSettings settings, Progress progress) {
    if (settings.models().isEmpty()) {
      throw Problem.usage("no model to measure").next("benchmark run MODEL…");
    }
    Instant started = Instant.now();
    List<ModelResult> results = new ArrayList<>();
    for (String model : settings.models()) {
      results.add(measured(model, settings, progress));
    }
    return new BenchmarkRun(started, place, machine(), version, settings, results);
  }

  private ModelResult measured(String model, BenchmarkSettings settings, Progress progress) {
    boolean isFresh = PeakMemory.reset();
    try (Speaker speaker = speakers.open(model, progress)) {
      List<Sample> samples = samples(model, speaker, settings, progress);
      return new ModelResult(
          model,
          "",
          speaker.loadSeconds(),
          speaker.diskBytes(),
          speaker.isHere() && isFresh ? PeakMemory.bytes() : 0,
          samples);
    } catch (Problem e) {
      if (e.status() == Problem.Status.INTERRUPTED) {
        throw e;
      }
      String reason = e.what() + e.why().map(why -> ": " + why).orElse("");
      progress.warn(model + " failed: " + reason);
      return ModelResult.failed(model, reason);
    }
  }

  private static List<Sample> samples(
      String model, Speaker speaker, BenchmarkSettings settings, Progress progress) {
    GenerationSettings greedy = GenerationSettings.greedy(settings.maxTokens());
    int count = settings.warmup() + settings.rounds() * settings.prompts().size();
    progress.start("measure " + model, count, Progress.Unit.ITEMS);
    for (int i = 0; i < settings.warmup(); i++) {
      speaker.ask(settings.prompts().get(i % settings.prompts().size()), greedy, progress);
      progress.advance(1);
    }
    List<Sample> samples = new ArrayList<>();
    for (int round = 0; round < settings.rounds(); round++) {
      for (String prompt : settings.prompts()) {
        samples.add(speaker.ask(prompt, greedy, progress));
        progress.advance(1);
      }
    }
    return samples;
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
