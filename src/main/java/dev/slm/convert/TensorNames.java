package dev.slm.convert;

import dev.slm.profile.Family;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** The names of all tensors that a model of a family must have. */
final class TensorNames {
  private TensorNames() {}

  /** Weights that must be there; each may come with a bias. */
  static Set<String> required(Architecture architecture) {
    Family.Tensors tensors = architecture.family().tensors();
    Set<String> names = new LinkedHashSet<>();
    names.add(tensors.embedding());
    List<String> perLayer = perLayer(tensors);
    for (int layer = 0; layer < architecture.layers().size(); layer++) {
      for (String name : perLayer) {
        names.add(GraphBlock.inLayer(name, layer));
      }
    }
    names.add(tensors.finalNorm());
    if (!architecture.isTied()) {
      names.add(tensors.head());
    }
    return names;
  }

  /** Names with {@code %d} for the layer. */
  static List<String> perLayer(Family.Tensors tensors) {
    return new ArrayList<>(
        Stream.of(
                tensors.attentionNorm(),
                tensors.query(),
                tensors.key(),
                tensors.value(),
                tensors.queryKeyValue(),
                tensors.queryNorm(),
                tensors.keyNorm(),
                tensors.output(),
                tensors.attentionOutputNorm(),
                tensors.feedForwardNorm(),
                tensors.gate(),
                tensors.up(),
                tensors.gateUp(),
                tensors.down(),
                tensors.feedForwardOutputNorm())
            .filter(Objects::nonNull)
            .toList());
  }
}
