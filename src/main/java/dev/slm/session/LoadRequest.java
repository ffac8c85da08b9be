package dev.slm.session;

import dev.slm.engine.LoadSettings;
import java.time.Duration;
import java.util.Optional;

/**
 * How a model is to be loaded.
 *
 * @param engine the engine's name, empty for the one that the model needs
 * @param settings what the model's source does not decide
 * @param keepAlive how long the model stays in memory after its last use, empty for the default; a
 *     negative time is for ever
 */
public record LoadRequest(
    Optional<String> engine, LoadSettings settings, Optional<Duration> keepAlive) {
  public static final Duration FOR_EVER = Duration.ofSeconds(-1);

  public static final LoadRequest DEFAULT =
      new LoadRequest(Optional.empty(), LoadSettings.DEFAULT, Optional.empty());

  public LoadRequest withKeepAlive(Duration time) {
    return new LoadRequest(engine, settings, Optional.of(time));
  }

  public LoadRequest withSettings(LoadSettings how) {
    return new LoadRequest(engine, how, keepAlive);
  }

  public LoadRequest withEngine(String name) {
    return new LoadRequest(Optional.of(name), settings, keepAlive);
  }
}
