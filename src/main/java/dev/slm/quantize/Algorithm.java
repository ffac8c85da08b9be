package dev.slm.quantize;

import dev.slm.base.Nearest;
import java.util.Arrays;
import java.util.List;

/** How the scale and the zero point of a block are chosen. */
public enum Algorithm {
  /** From the block's least and largest value: what onnxruntime's own quantizer does. */
  RTN("rtn"),
  /** From a search for the least squared error: slower, closer to the weights. */
  K_QUANT("k-quant");

  private final String id;

  Algorithm(String id) {
    this.id = id;
  }

  /** The name that people type. */
  public String id() {
    return id;
  }

  public static List<String> ids() {
    return Arrays.stream(values()).map(Algorithm::id).toList();
  }

  /** Finds an algorithm by its name, with dashes or underscores. */
  public static Algorithm parse(String typed) {
    String name = typed.replace('_', '-');
    return Arrays.stream(values())
        .filter(algorithm -> algorithm.id.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> Nearest.unknown("algorithm", typed, ids(), String.join(" or ", ids())));
  }

  BlockFit fit(BlockFormat format) {
    return switch (this) {
      case RTN -> new RangeFit(format);
      case K_QUANT -> new SearchFit(format);
    };
  }
}
