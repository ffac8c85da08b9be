package dev.slm.model;

import dev.slm.base.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How many bits a weight takes, roughly; the recipe says the rest. */
public enum Precision {
  INT4,
  INT8,
  FP16,
  FP32;

  /** The name that people type and folders carry. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether weights are whole numbers in blocks that share a scale. */
  public boolean isBlockwise() {
    return this == INT4 || this == INT8;
  }

  public static List<String> ids() {
    return Arrays.stream(values()).map(Precision::id).toList();
  }

  public static Optional<Precision> find(String id) {
    return Arrays.stream(values()).filter(p -> p.id().equalsIgnoreCase(id)).findFirst();
  }

  public static Precision parse(String id) {
    return find(id)
        .orElseThrow(
            () ->
                Problem.usage("no precision named '" + id + "'")
                    .why("precisions are " + String.join(", ", ids())));
  }
}
