package dev.slm.convert;

import dev.slm.format.Shown;
import java.util.List;

/**
 * Reads the rotary settings of a configuration: {@code rope_theta} with {@code rope_scaling}, or
 * {@code rope_parameters} that holds both.
 */
final class RopeReader {
  private static final String PARAMETERS = "rope_parameters";
  private static final String SCALING = "rope_scaling";
  private static final int MOST_POSITIONS = 1 << 30;

  /** GroupQueryAttention of onnxruntime refuses other tables. */
  private static final int ROTARY_MULTIPLE = 16;

  private final ConfigFile config;
  private final int headSize;
  private final int positions;

  RopeReader(ConfigFile config, int headSize, int positions) {
    this.config = config;
    this.headSize = headSize;
    this.positions = positions;
  }

  /** What layers that see everything use. */
  Rope read() {
    ConfigFile parameters = config.object(PARAMETERS);
    if (parameters.has("full_attention")) {
      parameters = parameters.object("full_attention");
    }
    double base = parameters.positive("rope_theta", config.positive("rope_theta", 10_000));
    ConfigFile scaling = config.has(SCALING) ? config.object(SCALING) : parameters;
    double share =
        parameters.positive("partial_rotary_factor", config.positive("partial_rotary_factor", 1));
    int size = (int) (headSize * share);
    config.require(
        size >= 2 && size <= headSize && size % ROTARY_MULTIPLE == 0,
        "partial_rotary_factor",
        "makes "
            + size
            + " of "
            + headSize
            + " values rotate (expected a multiple of "
            + ROTARY_MULTIPLE
            + ")");
    return new Rope(base, size, scaling(scaling, size));
  }

  /** What layers that look back a window use, where they have a base of their own. */
  Rope readLocal(String field) {
    ConfigFile parameters = config.object(PARAMETERS).object("sliding_attention");
    double base = parameters.positive("rope_theta", config.positive(field, 10_000));
    return new Rope(base, headSize, new Rope.Plain());
  }

  private Rope.Scaling scaling(ConfigFile scaling, int size) {
    String type = scaling.text("rope_type").or(() -> scaling.text("type")).orElse("default");
    return switch (type) {
      case "default" -> new Rope.Plain();
      case "linear" -> new Rope.Linear(scaling.positive("factor"));
      case "llama3" -> llama3(scaling);
      case "yarn" -> yarn(scaling);
      case "longrope", "su" -> longRope(scaling, size);
      default -> {
        String known = "default, linear, llama3, yarn, longrope";
        scaling.require(
            false, "rope_type", "is " + Shown.name(type) + " (known are " + known + ")");
        yield new Rope.Plain();
      }
    };
  }

  private Rope.Scaling llama3(ConfigFile scaling) {
    double low = scaling.positive("low_freq_factor");
    double high = scaling.positive("high_freq_factor");
    scaling.require(high > low, "high_freq_factor", "must be above low_freq_factor");
    return new Rope.Llama3(scaling.positive("factor"), low, high, original(scaling));
  }

  private Rope.Scaling yarn(ConfigFile scaling) {
    double factor = scaling.positive("factor");
    // section 3.4 of the paper: the root of 0.1 ln(s) + 1, squared by query and key
    double magnitude = factor <= 1 ? 1 : 0.1 * StrictMath.log(factor) + 1;
    return new Rope.Yarn(
        factor,
        scaling.positive("beta_fast", 32),
        scaling.positive("beta_slow", 1),
        original(scaling),
        scaling.positive("attention_factor", magnitude));
  }

  private Rope.Scaling longRope(ConfigFile scaling, int size) {
    int original = original(scaling);
    double factor = scaling.positive("factor", (double) positions / original);
    double magnitude =
        factor <= 1
            ? 1
            : Math.sqrt(1 + StrictMath.log(factor) / StrictMath.log(Math.max(original, 2)));
    return new Rope.LongRope(
        factors(scaling, "short_factor", size),
        factors(scaling, "long_factor", size),
        original,
        scaling.positive("attention_factor", magnitude));
  }

  private static List<Double> factors(ConfigFile scaling, String field, int size) {
    List<Double> factors = scaling.numbers(field);
    scaling.require(
        factors.size() == size / 2,
        field,
        "has " + factors.size() + " numbers (expected " + size / 2 + ")");
    return factors;
  }

  private int original(ConfigFile scaling) {
    String field = "original_max_position_embeddings";
    return scaling.whole(
        field, 1, MOST_POSITIONS, config.whole(field, 1, MOST_POSITIONS, positions));
  }
}
