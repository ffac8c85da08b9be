package dev.slm.convert;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.format.Safetensors;
import dev.slm.format.Shown;
import dev.slm.format.WeightMatrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A checkpoint's tensors by the names of its family. */
final class Weights {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** More names than anybody reads. */
  private static final int MOST_NAMED = 5;

  private final Safetensors tensors;
  private final Progress progress;

  private Weights(Safetensors tensors, Progress progress) {
    this.tensors = tensors;
    this.progress = progress;
  }

  /**
   * The weights of a model, refused when tensors are missing, or are there that the family has no
   * place for: it would answer wrong without them.
   */
  static Weights of(
      Path folder, Safetensors tensors, Architecture architecture, Progress progress) {
    Set<String> required = TensorNames.required(architecture);
    List<String> missing = required.stream().filter(name -> !tensors.has(name)).toList();
    List<String> unknown =
        tensors.tensors().keySet().stream()
            .filter(name -> !required.contains(weightOf(name)))
            .filter(name -> !isRepeated(name, architecture))
            .toList();
    List<String> mistakes = new ArrayList<>();
    if (!missing.isEmpty()) {
      mistakes.add("tensors are missing: " + some(missing));
    }
    if (!unknown.isEmpty()) {
      mistakes.add("tensors have no place: " + some(unknown));
    }
    if (!mistakes.isEmpty()) {
      throw Problem.badFile("'" + folder + "': " + String.join("; ", mistakes))
          .why(
              "by "
                  + ConfigFile.NAME
                  + " it is of the family '"
                  + architecture.family().name()
                  + "' with "
                  + architecture.layers().size()
                  + " layers")
          .next(remedy(missing, architecture));
    }
    return new Weights(tensors, progress);
  }

  /** A head alone is missing where it is the embedding and the configuration does not say so. */
  private static String remedy(List<String> missing, Architecture architecture) {
    return missing.equals(List.of(architecture.family().tensors().head()))
        ? "if the embedding is also the head, write \"tie_word_embeddings\": true in "
            + ConfigFile.NAME
        : "bring weights and " + ConfigFile.NAME + " from one place: model download OWNER/NAME";
  }

  /** A linear layer's matrix, one row for each output. */
  WeightMatrix matrix(String name, int rows, int columns) {
    return tensors.matrix(name, rows, columns);
  }

  float[] vector(String name, int length) {
    float[] values = tensors.vector(name, length);
    int unusual = 0;
    for (float value : values) {
      unusual += Float.isFinite(value) ? 0 : 1;
    }
    if (unusual > 0) {
      progress.warn(
          Shown.name(name)
              + ": "
              + unusual
              + " values are NaN or infinite and stay so: answers will be nonsense");
    }
    return values;
  }

  /** The bias that belongs to a weight, if it has one. */
  Optional<float[]> bias(String weight, int length) {
    String name = weight.substring(0, weight.length() - WEIGHT.length()) + BIAS;
    return tensors.has(name) ? Optional.of(vector(name, length)) : Optional.empty();
  }

  private static String weightOf(String name) {
    return name.endsWith(BIAS) ? name.substring(0, name.length() - BIAS.length()) + WEIGHT : name;
  }

  /** A head that is the embedding again, or rotations that are computed from the configuration. */
  private static boolean isRepeated(String name, Architecture architecture) {
    return name.endsWith("rotary_emb.inv_freq")
        || (architecture.isTied() && name.equals(architecture.family().tensors().head()));
  }

  private static String some(Collection<String> names) {
    String first = String.join(", ", names.stream().limit(MOST_NAMED).map(Shown::name).toList());
    int rest = names.size() - MOST_NAMED;
    return rest > 0 ? first + " and " + rest + " more" : first;
  }
}
