package dev.slm.convert;

import dev.slm.base.Problem;
import dev.slm.format.Safetensors;
import dev.slm.format.Shown;
import dev.slm.profile.Family;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares a checkpoint of no known family with the known ones by the names of its tensors, so that
 * people see how far it is from what works.
 */
final class UnknownFamily {
  /** More names than anybody reads. */
  private static final int MOST_NAMED = 6;

  private final Set<String> found;

  private UnknownFamily(Set<String> found) {
    this.found = found;
  }

  /** The same problem with what differs from the nearest family, where the weights can be read. */
  static Problem explained(Problem unknown, Path checkpoint, List<Family> known) {
    return names(checkpoint)
        .map(UnknownFamily::new)
        .flatMap(it -> it.difference(known))
        .map(difference -> unknown.why(unknown.why().orElse("") + "\n" + difference))
        .orElse(unknown);
  }

  private static Optional<Set<String>> names(Path checkpoint) {
    try (Safetensors weights = Safetensors.open(checkpoint)) {
      return Optional.of(
          weights.tensors().keySet().stream()
              .filter(name -> !name.endsWith(".bias") && !name.endsWith("rotary_emb.inv_freq"))
              .map(name -> name.replaceAll("\\.\\d+\\.", ".%d."))
              .collect(Collectors.toCollection(TreeSet::new)));
    } catch (Problem e) {
      return Optional.empty(); // the family is what people must hear of first
    }
  }

  /** Families that share the names of their tensors share a line. */
  private Optional<String> difference(List<Family> known) {
    int least = known.stream().mapToInt(this::distance).min().orElse(found.size());
    Map<String, List<String>> nearest =
        known.stream()
            .filter(family -> distance(family) == least)
            .sorted(Comparator.comparing(Family::name))
            .collect(
                Collectors.groupingBy(
                    this::describe,
                    LinkedHashMap::new,
                    Collectors.mapping(Family::name, Collectors.toList())));
    return nearest.isEmpty() || least >= found.size()
        ? Optional.empty()
        : Optional.of(
            nearest.entrySet().stream()
                .map(line -> String.join(", ", line.getValue()) + ": " + line.getKey())
                .collect(
                    Collectors.joining("\n", "nearest by the names of their tensors are\n", "")));
  }

  private int distance(Family family) {
    return more(family).size() + missing(family).size();
  }

  private String describe(Family nearest) {
    Set<String> more = more(nearest);
    Set<String> missing = missing(nearest);
    if (more.isEmpty() && missing.isEmpty()) {
      return "the same names; how the tensors are used may still differ";
    }
    String both = more.isEmpty() || missing.isEmpty() ? "" : "; ";
    return (more.isEmpty() ? "" : "without " + some(more))
        + both
        + (missing.isEmpty() ? "" : "with " + some(missing) + ", which is not here");
  }

  private Set<String> more(Family family) {
    return without(found, expected(family), family.tensors().head());
  }

  private Set<String> missing(Family family) {
    return without(expected(family), found, family.tensors().head());
  }

  /** Tied models have no head of their own, so that it tells nothing. */
  private static Set<String> without(Set<String> all, Set<String> others, String head) {
    Set<String> rest = new TreeSet<>(all);
    rest.removeAll(others);
    rest.remove(head);
    return rest;
  }

  private static Set<String> expected(Family family) {
    Set<String> names = new TreeSet<>(TensorNames.perLayer(family.tensors()));
    names.add(family.tensors().embedding());
    names.add(family.tensors().finalNorm());
    return names;
  }

  private static String some(Set<String> names) {
    String first =
        names.stream()
            .limit(MOST_NAMED)
            .map(name -> Shown.name(name.replace("%d", "N")))
            .collect(Collectors.joining(", "));
    int rest = names.size() - MOST_NAMED;
    return rest > 0 ? first + " and " + rest + " more" : first;
  }
}
