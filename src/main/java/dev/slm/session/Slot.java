package dev.slm.session;

import dev.slm.base.Problem;
import dev.slm.engine.LoadSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A place for a model in memory, while it loads, is used and goes. Guarded by its owner's lock. */
final class Slot {
  private final ModelSource.Place place;
  private final Instant created;
  private final LoadSettings settings;
  private final long estimate;
  private @Nullable ChatModel model;
  private @Nullable RuntimeException failure;
  private Duration keepAlive;
  private Instant lastUsed;
  private int users;

  Slot(
      ModelSource.Place place,
      LoadSettings settings,
      long estimate,
      Duration keepAlive,
      Instant now) {
    this.place = place;
    this.settings = settings;
    this.estimate = estimate;
    this.keepAlive = keepAlive;
    created = now;
    lastUsed = now;
  }

  String name() {
    return place.name();
  }

  ModelSource.Place place() {
    return place;
  }

  /** How it is loaded. */
  LoadSettings settings() {
    return settings;
  }

  /**
   * Whether it would be loaded the same way now; what nobody says anything of may be as it is,
   * unless the settings changed meanwhile.
   */
  boolean isAs(ModelSource.Place now, LoadRequest request) {
    boolean isSameEngine =
        model == null || request.engine().orElse(model.engine()).equals(model.engine());
    return isSameEngine
        && place.engine().equals(now.engine())
        && place.settings().equals(now.settings())
        && request.settings().or(settings).equals(settings);
  }

  boolean isLoading() {
    return model == null && failure == null;
  }

  boolean isIdle() {
    return users == 0 && model != null;
  }

  void loaded(ChatModel loadedModel) {
    model = loadedModel;
  }

  void failed(RuntimeException reason) {
    failure = reason;
  }

  /** The model, or the reason why it could not be loaded. */
  ChatModel model() {
    if (failure != null) {
      throw failure;
    }
    if (model == null) {
      throw new IllegalStateException("'" + name() + "' is still loading");
    }
    return model;
  }

  void use() {
    users++;
  }

  void release(Instant now) {
    users--;
    lastUsed = now;
  }

  int users() {
    return users;
  }

  Instant lastUsed() {
    return lastUsed;
  }

  void keepAlive(Duration time) {
    keepAlive = time;
  }

  /** When the model leaves memory; nothing while it is used, and when it stays for ever. */
  Optional<Instant> expires() {
    return users > 0 || keepAlive.isNegative()
        ? Optional.empty()
        : Optional.of(lastUsed.plus(keepAlive));
  }

  long bytes() {
    return model == null ? estimate : model.memoryBytes();
  }

  Optional<ModelInMemory> line() {
    return Optional.ofNullable(model)
        .map(
            loaded ->
                new ModelInMemory(
                    name(),
                    loaded.engine(),
                    loaded.memoryBytes(),
                    loaded.loaded().bytesPerToken(),
                    loaded.contextLength(),
                    created,
                    lastUsed,
                    expires(),
                    users));
  }

  /** Ends running answers. */
  void stop() {
    if (model != null) {
      model.stop();
    }
  }

  /** Frees the memory; called without the owner's lock, because it waits for running answers. */
  void close() {
    if (model != null) {
      model.close();
    }
    try {
      place.inUse().close();
    } catch (Exception e) {
      throw Problem.failed("cannot give back '" + name() + "'").causedBy(e);
    }
  }
}
