package dev.slm.testing;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The kinds of {@link TinyModel}: every family, and every switch that families have. */
enum TinyKind {
  QWEN2("qwen2", "Qwen2ForCausalLM"),
  QWEN2_YARN("qwen2", "Qwen2ForCausalLM"),
  QWEN3("qwen3", "Qwen3ForCausalLM"),
  LLAMA("llama", "LlamaForCausalLM"),
  LLAMA3("llama", "LlamaForCausalLM"),
  LLAMA_LINEAR("llama", "LlamaForCausalLM"),
  MISTRAL("mistral", "MistralForCausalLM"),
  PHI3("phi3", "Phi3ForCausalLM"),
  PHI4_MINI("phi3", "Phi3ForCausalLM"),
  GEMMA2("gemma2", "Gemma2ForCausalLM"),
  GEMMA3("gemma3_text", "Gemma3ForCausalLM"),
  SMOLLM3("smollm3", "SmolLM3ForCausalLM"),
  GRANITE("granite", "GraniteForCausalLM");

  private final String modelType;
  private final String architecture;

  TinyKind(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static TinyKind of(String id) {
    return Arrays.stream(values())
        .filter(kind -> kind.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no tiny model of the kind " + id));
  }

  String modelType() {
    return modelType;
  }

  String architecture() {
    return architecture;
  }

  int heads() {
    return isFused() ? 2 : 4;
  }

  int keyValueHeads() {
    return isFused() ? 1 : 2;
  }

  /** For the Gemmas, heads and hidden size have nothing to do with each other. */
  int headSize() {
    return isFused() || isGemma() ? 32 : 16;
  }

  boolean isTied() {
    return switch (this) {
      case QWEN2, LLAMA3, GEMMA2, GEMMA3, SMOLLM3, PHI4_MINI -> true;
      default -> false;
    };
  }

  boolean isFused() {
    return modelType.equals("phi3");
  }

  boolean isGemma() {
    return this == GEMMA2 || this == GEMMA3;
  }

  boolean hasBias() {
    return modelType.equals("qwen2");
  }

  boolean hasHeadNorms() {
    return this == QWEN3 || this == GEMMA3;
  }

  boolean hasOutputNorms() {
    return isGemma();
  }

  int normOffset() {
    return isGemma() ? 1 : 0;
  }

  /** What its configuration says beside sizes. */
  Map<String, Object> config() {
    return switch (this) {
      case QWEN2, QWEN3 -> Map.of("use_sliding_window", false);
      case QWEN2_YARN -> Map.of("rope_scaling", scaling("yarn", "factor", 4.0, ORIGINAL, 16));
      case LLAMA -> Map.of("rope_theta", 500.0);
      case LLAMA3 ->
          Map.of(
              "rope_scaling",
              scaling(
                  "llama3",
                  "factor",
                  8.0,
                  "low_freq_factor",
                  1.0,
                  "high_freq_factor",
                  4.0,
                  ORIGINAL,
                  16));
      case LLAMA_LINEAR -> Map.of("rope_scaling", scaling("linear", "factor", 2.0));
      case MISTRAL -> Map.of("sliding_window", 4);
      case PHI3 -> Map.of(ORIGINAL, 64, "sliding_window", 6);
      case PHI4_MINI ->
          Map.of(
              "partial_rotary_factor",
              0.5,
              ORIGINAL,
              16,
              "rope_scaling",
              scaling(
                  "longrope",
                  "short_factor",
                  List.of(1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7),
                  "long_factor",
                  List.of(1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 9.0)));
      case GEMMA2 ->
          Map.of(
              "hidden_activation",
              "gelu_pytorch_tanh",
              "hidden_act",
              "gelu_pytorch_tanh",
              "query_pre_attn_scalar",
              24,
              "attn_logit_softcapping",
              3.0,
              "final_logit_softcapping",
              5.0,
              "sliding_window",
              4);
      case GEMMA3 ->
          Map.of(
              "hidden_activation",
              "gelu_pytorch_tanh",
              "query_pre_attn_scalar",
              24,
              "sliding_window",
              4,
              "sliding_window_pattern",
              2,
              "layer_types",
              List.of("sliding_attention", "full_attention"),
              "rope_theta",
              100_000.0,
              "rope_local_base_freq",
              1_000.0,
              "rope_scaling",
              scaling("linear", "factor", 4.0));
      case SMOLLM3 -> Map.of("no_rope_layers", List.of(1, 0), "rope_theta", 50_000.0);
      case GRANITE ->
          Map.of(
              "embedding_multiplier", 3.0,
              "attention_multiplier", 0.4,
              "residual_multiplier", 0.7,
              "logits_scaling", 2.0);
    };
  }

  private static final String ORIGINAL = "original_max_position_embeddings";

  private static Map<String, Object> scaling(String type, Object... keysAndValues) {
    Map<String, Object> scaling = new LinkedHashMap<>();
    // as the published configurations of these families write it
    scaling.put(type.equals("longrope") ? "type" : "rope_type", type);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      scaling.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return scaling;
  }
}
