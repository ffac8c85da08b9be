package dev.slm.prepare;

import dev.slm.model.Precision;
import java.util.Optional;

/**
 * A model as people ask for it.
 *
 * @param name alias of the catalog, {@code owner/repo} or {@code owner/repo@revision}
 * @param precision empty takes the recommended one
 * @param revision empty takes the one of the name or of the catalog
 * @param isRaw keep the checkpoint as it is
 */
public record Wanted(
    String name, Optional<Precision> precision, Optional<String> revision, boolean isRaw) {
  public static Wanted of(String name) {
    return new Wanted(name, Optional.empty(), Optional.empty(), false);
  }
}
