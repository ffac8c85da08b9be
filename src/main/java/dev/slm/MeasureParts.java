package dev.slm;

import dev.slm.base.Progress;
import dev.slm.base.Settings;
import dev.slm.cache.CachedModel;
import dev.slm.engine.LoadSettings;
import dev.slm.measure.Benchmark;
import dev.slm.measure.Evaluation;
import dev.slm.session.ModelInMemory;
import dev.slm.session.ModelSource;
import dev.slm.shell.Bench;
import dev.slm.shell.Version;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Measures models of the cache in this process, or those of an endpoint. */
record MeasureParts(ModelParts models, Settings settings, Map<String, String> environment)
    implements Bench {
  /** What the workshop's script sends to services that want no key. */
  private static final String NO_KEY = "not-needed";

  @Override
  public Map<String, Long> sizes() {
    Map<String, Long> sizes = new LinkedHashMap<>();
    models.cache().list().stream()
        .filter(CachedModel::isRunnable)
        .forEach(model -> sizes.put(model.name(), model.bytes()));
    return sizes;
  }

  @Override
  public Benchmark benchmark(Optional<URI> endpoint, boolean isStreamed) {
    return endpoint
        .map(uri -> Benchmark.at(uri, key(), isStreamed, Version.text()))
        .orElseGet(() -> Benchmark.here(source(), models.engines(), loading(), Version.text()));
  }

  @Override
  public Evaluation evaluation(Optional<URI> endpoint) {
    return endpoint
        .map(uri -> Evaluation.at(uri, key()))
        .orElseGet(() -> Evaluation.here(source(), models.engines(), loading()));
  }

  @Override
  public void release() {
    models.idle().stream()
        .map(ModelInMemory::name)
        .forEach(name -> models.loaded().unload(name, false, Progress.NONE));
  }

  private ModelSource source() {
    return (name, progress) -> {
      models.prepare(name, progress);
      return models.place(name);
    };
  }

  private LoadSettings loading() {
    return new LoadSettings(settings.get(Settings.THREADS), settings.get(Settings.CONTEXT_LENGTH));
  }

  private String key() {
    return environment.getOrDefault("OPENAI_API_KEY", NO_KEY);
  }
}
