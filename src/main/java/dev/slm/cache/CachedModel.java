package dev.slm.cache;

import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * A model in the cache, with what its manifest says, or what could be learned from the folder when
 * another program made it.
 *
 * @param folder where its files are
 * @param publisher the folder directly below the cache
 * @param name what people type to get exactly this model
 * @param alias the catalog's name, or the name without its precision
 * @param version the N of its {@code vN} folder, 1 when it has none
 * @param parameters number of weights, 0 when unknown
 * @param contextLength most tokens of a conversation, 0 when unknown
 * @param bytes size of its files
 * @param licence identifier, empty when unknown
 * @param note why the state is what it is, empty when there is nothing to say
 */
public record CachedModel(
    Path folder,
    String publisher,
    String name,
    String alias,
    int version,
    Manifest.Kind kind,
    State state,
    Optional<Precision> precision,
    String family,
    long parameters,
    int contextLength,
    long bytes,
    String licence,
    Optional<Instant> lastUsed,
    Optional<Manifest> manifest,
    String note) {

  /** What can be said of a model without reading all of it. */
  public enum State {
    /** made here, and every file is there */
    READY,
    /** made by another program: nothing says what its files should be */
    UNVERIFIED,
    /** a file is missing or has another size than when the model was made */
    DAMAGED
  }

  /** Whether it can be loaded, as far as the names and sizes of its files tell. */
  public boolean isRunnable() {
    return kind == Manifest.Kind.MODEL && state != State.DAMAGED;
  }

  /** The name with its version, as Foundry Local writes it: {@code qwen2.5-0.5b-int4:1}. */
  public String id() {
    return name + ":" + version;
  }
}
