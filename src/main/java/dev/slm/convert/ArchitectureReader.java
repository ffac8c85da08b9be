package dev.slm.convert;

import dev.slm.convert.Architecture.Activation;
import dev.slm.convert.Architecture.Layer;
import dev.slm.convert.Architecture.Scales;
import dev.slm.convert.Architecture.Sizes;
import dev.slm.format.Shown;
import dev.slm.profile.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads an {@link Architecture} out of a configuration, by the switches of its family. */
final class ArchitectureReader {
  // bounds of what is a model at all; the largest published ones stay a factor of four below
  private static final int MOST_LAYERS = 1000;
  private static final int MOST_HEADS = 1024;
  private static final int MOST_WIDTH = 1 << 18;
  private static final int MOST_VOCABULARY = 1 << 22;
  private static final int MOST_POSITIONS = 1 << 24;

  /**
   * Longer conversations are cut here: their cache alone takes more memory than the machines that
   * this is for, and the tables of rotations grow with the context.
   */
  private static final int MOST_CONTEXT = 1 << 17;

  /** GroupQueryAttention of onnxruntime refuses to rotate other heads. */
  private static final int HEAD_MULTIPLE = 16;

  private static final String WINDOW = "sliding_window";

  private final Family family;
  private final ConfigFile config;

  private ArchitectureReader(Family family, ConfigFile config) {
    this.family = family;
    this.config = config;
  }

  /** Reads everything, then refuses it with all its mistakes. */
  static Architecture read(Family family, ConfigFile config) {
    Architecture architecture = new ArchitectureReader(family, config).read();
    config.finish();
    return architecture;
  }

  private Architecture read() {
    Sizes sizes = sizes();
    int positions = config.whole("max_position_embeddings", 1, MOST_POSITIONS);
    RopeReader ropes = new RopeReader(config, sizes.headSize(), positions);
    String localField = family.attention().localRopeTheta();
    refuseQuantized();
    return new Architecture(
        family,
        sizes,
        scales(sizes),
        tokens(sizes),
        activation(),
        (float) config.positive("rms_norm_eps", 1e-6),
        config.flag("tie_word_embeddings", family.tied()),
        Math.min(positions, MOST_CONTEXT),
        ropes.read(),
        localField == null ? null : ropes.readLocal(localField),
        layers());
  }

  /** Checkpoints for other runtimes, whose weights cannot be had back. */
  private void refuseQuantized() {
    if (config.has(ConfigFile.QUANTIZED)) {
      String method =
          config.object(ConfigFile.QUANTIZED).text("quant_method").orElse("another method");
      config.require(
          false,
          ConfigFile.QUANTIZED,
          "the weights are quantized already by "
              + Shown.name(method)
              + " (expected those it was made of, in bf16, fp16 or fp32)");
    }
  }

  private Sizes sizes() {
    int hidden = config.whole("hidden_size", 1, MOST_WIDTH);
    int heads = config.whole("num_attention_heads", 1, MOST_HEADS);
    int keyValueHeads = config.whole("num_key_value_heads", 1, MOST_HEADS, heads);
    config.require(
        heads % keyValueHeads == 0,
        "num_key_value_heads",
        "is " + keyValueHeads + " (expected a divisor of num_attention_heads " + heads + ")");
    if (!config.has("head_dim")) {
      config.require(
          hidden % heads == 0,
          "num_attention_heads",
          "is " + heads + " (expected a divisor of hidden_size " + hidden + ")");
    }
    int headSize = config.whole("head_dim", 2, MOST_WIDTH, Math.max(2, hidden / heads));
    config.require(
        headSize % HEAD_MULTIPLE == 0,
        "head_dim",
        "is " + headSize + " (expected a multiple of " + HEAD_MULTIPLE + ", as the runtime needs)");
    return new Sizes(
        config.whole("vocab_size", 1, MOST_VOCABULARY),
        hidden,
        config.whole("intermediate_size", 1, MOST_WIDTH),
        heads,
        keyValueHeads,
        headSize);
  }

  private Scales scales(Sizes sizes) {
    Family.Multipliers multipliers = family.multipliers();
    double embedding =
        multipliers.embeddingBySquareRootOfSize()
            ? Math.sqrt(sizes.hidden())
            : factor(multipliers.embedding(), 1);
    return new Scales(
        (float) embedding,
        (float) attentionScale(sizes),
        (float) factor(multipliers.residual(), 1),
        (float) (1 / factor(multipliers.logitsDivisor(), 1)),
        (float) factor(family.attention().softCap(), 0),
        (float) factor(multipliers.softCap(), 0));
  }

  private double attentionScale(Sizes sizes) {
    String scale = family.attention().scale();
    if (scale != null) {
      return factor(scale, 1);
    }
    return 1 / Math.sqrt(factor(family.attention().scaleScalar(), sizes.headSize()));
  }

  private double factor(@Nullable String field, double absent) {
    return field == null ? absent : config.positive(field, absent);
  }

  private Architecture.Tokens tokens(Sizes sizes) {
    int last = sizes.vocabulary() - 1;
    List<Integer> end = config.wholes("eos_token_id", 0, last);
    config.require(!config.has("eos_token_id") || !end.isEmpty(), "eos_token_id", "names no token");
    List<Integer> begin = config.wholes("bos_token_id", 0, last);
    // some configurations pad with -1 or with an id beyond the table; nothing here ever pads
    List<Integer> padding = config.wholes("pad_token_id", -1, Integer.MAX_VALUE);
    int pad = padding.isEmpty() || padding.getFirst() > last ? -1 : padding.getFirst();
    return new Architecture.Tokens(begin.isEmpty() ? -1 : begin.getFirst(), end, pad);
  }

  private Activation activation() {
    String name =
        config
            .text("hidden_activation")
            .or(() -> config.text("hidden_act"))
            .orElse("silu")
            .toLowerCase(Locale.ROOT);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_pytorch_tanh", "gelu_new" -> Activation.GELU_TANH;
      default -> {
        String known = "silu, gelu, gelu_pytorch_tanh";
        config.require(
            false, "hidden_act", "is " + Shown.name(name) + " (known are " + known + ")");
        yield Activation.SILU;
      }
    };
  }

  private List<Layer> layers() {
    int count = config.whole("num_hidden_layers", 1, MOST_LAYERS);
    List<String> types = config.texts("layer_types");
    config.require(
        types.isEmpty() || types.size() == count,
        "layer_types",
        "has " + types.size() + " entries (expected " + count + ")");
    int window = config.whole(WINDOW, 1, Integer.MAX_VALUE, 0);
    List<Integer> rotated = rotated(count);
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean looksBack = types.size() == count ? slides(types.get(i)) : slidesByDefault(i, count);
      layers.add(new Layer(looksBack ? window : 0, rotated.get(i) == 1));
    }
    boolean needsWindow = types.contains("sliding_attention");
    config.require(!needsWindow || window > 0, WINDOW, "is missing, yet layer_types names it");
    return layers;
  }

  private boolean slides(String type) {
    config.require(
        type.equals("sliding_attention") || type.equals("full_attention"),
        "layer_types",
        "holds " + Shown.name(type) + " (known are full_attention, sliding_attention)");
    return type.equals("sliding_attention");
  }

  private boolean slidesByDefault(int layer, int count) {
    return switch (family.attention().windows()) {
      case NONE -> false;
      case ALL -> true;
      case EVERY_OTHER -> layer % 2 == 0;
      case ALL_BUT_EVERY_NTH ->
          (layer + 1) % config.whole("sliding_window_pattern", 1, MOST_LAYERS, 6) != 0;
      case FROM_LAYER ->
          config.flag("use_sliding_window", false)
              && layer >= config.whole("max_window_layers", 0, Integer.MAX_VALUE, count);
    };
  }

  /** For each layer, 1 when it rotates. */
  private List<Integer> rotated(int count) {
    String field = family.attention().ropeLayers();
    List<Integer> listed = field == null ? List.of() : config.wholes(field, 0, 1);
    if (listed.size() == count) {
      return listed;
    }
    config.require(
        listed.isEmpty(),
        String.valueOf(field),
        "has " + listed.size() + " entries (expected " + count + ")");
    int interval = config.whole("no_rope_layer_interval", 1, MOST_LAYERS, 4);
    List<Integer> rotated = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rotated.add(field == null || (i + 1) % interval != 0 ? 1 : 0);
    }
    return rotated;
  }
}
