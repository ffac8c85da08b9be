package dev.slm.quantize;

import dev.slm.base.Problem;
import dev.slm.model.Precision;
import dev.slm.profile.SensitiveLayers;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything that shapes the stored weights.
 *
 * @param accuracyLevel how exactly the runtime multiplies blocks: 0 or 1 in fp32, 4 with 8-bit
 *     activations, which is fast
 * @param head precision of the last layer, which a tied embedding shares
 * @param embedding precision of an embedding that the last layer does not share
 * @param exclude patterns of nodes whose weights stay fp32; {@code *} stands for anything, and
 *     {@code {sensitive}} for the numbers of {@link SensitiveLayers}
 * @param int8 patterns of nodes whose weights take 8 bits when the others take 4
 */
public record WeightOptions(
    Precision precision,
    int blockSize,
    boolean symmetric,
    Algorithm algorithm,
    int accuracyLevel,
    Precision head,
    Precision embedding,
    List<String> exclude,
    List<String> int8) {

  private static final int MOST_ACCURACY_LEVEL = 4;

  public WeightOptions {
    exclude = List.copyOf(exclude);
    int8 = List.copyOf(int8);
    if (!BlockFormat.SIZES.contains(blockSize)) {
      throw Problem.usage("no block size '" + blockSize + "'")
          .why("block sizes are " + BlockFormat.SIZES);
    }
    if (accuracyLevel < 0 || accuracyLevel > MOST_ACCURACY_LEVEL) {
      throw Problem.usage("no accuracy level '" + accuracyLevel + "'")
          .why("0 leaves it to the runtime, 1 is fp32, 4 is 8-bit activations");
    }
  }

  /** The options that are fast on processors. */
  public static WeightOptions of(Precision precision) {
    Precision embedding = precision == Precision.INT4 ? Precision.INT8 : precision;
    int level = precision.isBlockwise() ? MOST_ACCURACY_LEVEL : 0;
    return new WeightOptions(
        precision, 32, true, Algorithm.RTN, level, precision, embedding, List.of(), List.of());
  }

  public WeightOptions withBlocks(int size, boolean isSymmetric) {
    return new WeightOptions(
        precision, size, isSymmetric, algorithm, accuracyLevel, head, embedding, exclude, int8);
  }

  public WeightOptions withAlgorithm(Algorithm other) {
    return new WeightOptions(
        precision, blockSize, symmetric, other, accuracyLevel, head, embedding, exclude, int8);
  }

  public WeightOptions withAccuracyLevel(int level) {
    return new WeightOptions(
        precision, blockSize, symmetric, algorithm, level, head, embedding, exclude, int8);
  }

  public WeightOptions withHead(Precision other) {
    return new WeightOptions(
        precision, blockSize, symmetric, algorithm, accuracyLevel, other, embedding, exclude, int8);
  }

  public WeightOptions withPatterns(List<String> excluded, List<String> inInt8) {
    return new WeightOptions(
        precision,
        blockSize,
        symmetric,
        algorithm,
        accuracyLevel,
        head,
        embedding,
        excluded,
        inInt8);
  }

  /** The same for a model of so many layers: patterns name them by their numbers. */
  public WeightOptions forLayers(int layers) {
    return withPatterns(
        SensitiveLayers.expand(exclude, layers), SensitiveLayers.expand(int8, layers));
  }

  /** Patterns that none of the nodes matches: mistyped ones, most likely. */
  public List<String> unmatched(Collection<String> nodes) {
    return Stream.concat(exclude.stream(), int8.stream())
        .filter(pattern -> nodes.stream().noneMatch(node -> matches(List.of(pattern), node)))
        .toList();
  }

  /** How the weight of a linear layer is stored. */
  public WeightFormat formatOf(String node) {
    if (matches(exclude, node)) {
      return WeightFormat.Plain.FP32;
    }
    return format(matches(int8, node) ? Precision.INT8 : precision);
  }

  /** How the weight of the last layer is stored. */
  public WeightFormat headFormat(String node) {
    return matches(exclude, node) ? WeightFormat.Plain.FP32 : format(head);
  }

  /**
   * How the table of embeddings is stored. The runtime's lookup wants whole blocks, so that a table
   * takes the largest block size that divides its columns.
   */
  public WeightFormat tableFormat(String node, int columns, boolean tied) {
    if (matches(exclude, node)) {
      return WeightFormat.Plain.FP32;
    }
    WeightFormat wanted = format(tied ? head : embedding);
    if (wanted instanceof BlockFormat blocks) {
      for (int size = blocks.size(); size >= BlockFormat.SIZES.getFirst(); size /= 2) {
        if (columns % size == 0) {
          return new BlockFormat(blocks.bits(), size, blocks.symmetric());
        }
      }
      return WeightFormat.Plain.FP16;
    }
    return wanted;
  }

  private WeightFormat format(Precision wanted) {
    return switch (wanted) {
      case FP32 -> WeightFormat.Plain.FP32;
      case FP16 -> WeightFormat.Plain.FP16;
      case INT8 -> new BlockFormat(8, blockSize, symmetric);
      case INT4 -> new BlockFormat(4, blockSize, symmetric);
    };
  }

  private static boolean matches(List<String> patterns, String node) {
    List<String> names = FusedNodes.names(node);
    return patterns.stream()
        .map(WeightOptions::glob)
        .anyMatch(glob -> names.stream().anyMatch(name -> glob.matcher(name).matches()));
  }

  private static Pattern glob(String pattern) {
    String[] parts = pattern.split("\\*", -1);
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      regex.append(i == 0 ? "" : ".*").append(Pattern.quote(parts[i]));
    }
    return Pattern.compile(regex.toString());
  }
}
