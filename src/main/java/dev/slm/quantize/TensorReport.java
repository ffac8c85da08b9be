package dev.slm.quantize;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of one weight.
 *
 * @param node the graph's node that uses it
 * @param format how it is stored, such as {@code int4/32}
 * @param bytes what it takes
 * @param relativeError root of squared error over squared weights, of every eighth row
 * @param notNumbers NaN values, stored as zero
 * @param infinities infinite values, stored as the block's farthest finite value
 * @param zeroBlocks blocks of nothing but zeros
 */
public record TensorReport(
    String node,
    String format,
    int rows,
    int columns,
    long bytes,
    double relativeError,
    long notNumbers,
    long infinities,
    long zeroBlocks) {

  /** What people should hear of, in one line; empty when all is well. */
  public List<String> warnings() {
    List<String> found = new ArrayList<>();
    boolean isRepaired = !format.startsWith("fp");
    if (notNumbers > 0) {
      found.add(
          notNumbers
              + " values are not numbers (NaN)"
              + (isRepaired ? ", stored as 0" : " and stay so: answers will be nonsense"));
    }
    if (infinities > 0) {
      found.add(
          infinities
              + " values are infinite"
              + (isRepaired
                  ? ", stored as the largest finite value near them"
                  : " and stay so: answers will be nonsense"));
    }
    if (zeroBlocks > 0) {
      found.add(zeroBlocks + " blocks are all zero");
    }
    return found.isEmpty() ? List.of() : List.of("'" + node + "': " + String.join("; ", found));
  }
}
