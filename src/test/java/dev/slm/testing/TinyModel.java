package dev.slm.testing;

import dev.slm.base.Json;
import dev.slm.format.SafetensorsFile;
import dev.slm.format.StoredType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes checkpoints of two layers and some 100 kB, the same bytes each time, one kind for each
 * family and for each of its switches. They know nothing; they are for tests of everything that
 * happens to a checkpoint.
 */
public final class TinyModel {
  /** Tokens that the vocabulary of bytes is followed by. */
  private static final List<String> SPECIAL =
      List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>");

  public static final int END_OF_TEXT = 256;
  public static final int VOCABULARY = 272;
  private static final int HIDDEN = 64;
  private static final int INTERMEDIATE = 96;
  private static final int LAYERS = 2;

  private final TinyKind kind;
  private final String within;
  private final Random random;
  private final SafetensorsFile tensors = new SafetensorsFile();

  /**
   * @param within what the names of its tensors begin with, empty when it is not part of another
   */
  private TinyModel(TinyKind kind, String within) {
    this.kind = kind;
    this.within = within;
    this.random = new Random(kind.id().hashCode());
  }

  /** Writes the checkpoint of a kind, such as {@code qwen2}, into a folder and returns it. */
  public static Path write(String kind, Path folder) {
    return write(TinyKind.of(kind), folder);
  }

  /**
   * Writes the same weights as part of a checkpoint that reads images, as large Gemma 3 ones are.
   */
  public static Path writeWithVision(String kind, Path folder) {
    return write(new TinyModel(TinyKind.of(kind), "language_model."), folder);
  }

  static Path write(TinyKind kind, Path folder) {
    return write(new TinyModel(kind, ""), folder);
  }

  private static Path write(TinyModel model, Path folder) {
    try {
      Files.createDirectories(folder);
      model.writeTo(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  /** All kinds. */
  public static List<String> kinds() {
    return Arrays.stream(TinyKind.values()).map(TinyKind::id).toList();
  }

  private void writeTo(Path folder) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        Json.pretty(within.isEmpty() ? config() : configWithVision()));
    Files.writeString(
        folder.resolve("generation_config.json"),
        Json.pretty(Map.of("eos_token_id", List.of(END_OF_TEXT, 258))));
    Files.writeString(folder.resolve("tokenizer.json"), Json.line(tokenizer()));
    Files.writeString(folder.resolve("tokenizer_config.json"), Json.pretty(tokenizerConfig()));
    addTensors();
    if (!within.isEmpty()) {
      norm("vision_tower.vision_model.post_layernorm.weight", HIDDEN);
      linear("multi_modal_projector.mm_input_projection_weight", HIDDEN, HIDDEN);
    }
    tensors.write(folder.resolve("model.safetensors"));
  }

  private Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of(kind.architecture()));
    config.put("model_type", kind.modelType());
    config.put("hidden_size", HIDDEN);
    config.put("intermediate_size", INTERMEDIATE);
    config.put("num_hidden_layers", LAYERS);
    config.put("num_attention_heads", kind.heads());
    config.put("num_key_value_heads", kind.keyValueHeads());
    config.put("head_dim", kind.headSize());
    config.put("vocab_size", VOCABULARY);
    config.put("max_position_embeddings", 64);
    config.put("rms_norm_eps", 1e-6);
    config.put("rope_theta", 10_000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", kind.isTied());
    config.put("torch_dtype", "bfloat16");
    config.put("bos_token_id", END_OF_TEXT);
    config.put("eos_token_id", END_OF_TEXT);
    config.put("pad_token_id", END_OF_TEXT);
    config.putAll(kind.config());
    return config;
  }

  private Map<String, Object> configWithVision() {
    Map<String, Object> text = config();
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("Gemma3ForConditionalGeneration"));
    config.put("model_type", kind.modelType().replace("_text", ""));
    // published ones say it here, and in the part for text not
    config.put("eos_token_id", text.remove("eos_token_id"));
    config.put("text_config", text);
    config.put("vision_config", Map.of("model_type", "siglip_vision_model", "hidden_size", HIDDEN));
    return config;
  }

  private void addTensors() {
    add(within + "model.embed_tokens.weight", 1, VOCABULARY, HIDDEN);
    for (int layer = 0; layer < LAYERS; layer++) {
      addLayer(within + "model.layers." + layer + ".");
    }
    norm(within + "model.norm.weight", HIDDEN);
    if (!kind.isTied()) {
      linear(within + "lm_head.weight", VOCABULARY, HIDDEN);
    }
  }

  private void addLayer(String layer) {
    norm(layer + "input_layernorm.weight", HIDDEN);
    attention(layer + "self_attn.");
    norm(layer + "post_attention_layernorm.weight", HIDDEN);
    if (kind.hasOutputNorms()) {
      norm(layer + "pre_feedforward_layernorm.weight", HIDDEN);
      norm(layer + "post_feedforward_layernorm.weight", HIDDEN);
    }
    String mlp = layer + "mlp.";
    if (kind.isFused()) {
      linear(mlp + "gate_up_proj.weight", 2 * INTERMEDIATE, HIDDEN);
    } else {
      linear(mlp + "gate_proj.weight", INTERMEDIATE, HIDDEN);
      linear(mlp + "up_proj.weight", INTERMEDIATE, HIDDEN);
    }
    linear(mlp + "down_proj.weight", HIDDEN, INTERMEDIATE);
  }

  private void attention(String name) {
    int query = kind.heads() * kind.headSize();
    int keyValue = kind.keyValueHeads() * kind.headSize();
    if (kind.isFused()) {
      linear(name + "qkv_proj.weight", query + 2 * keyValue, HIDDEN);
    } else {
      linear(name + "q_proj.weight", query, HIDDEN);
      linear(name + "k_proj.weight", keyValue, HIDDEN);
      linear(name + "v_proj.weight", keyValue, HIDDEN);
    }
    if (kind.hasBias()) {
      add(name + "q_proj.bias", 0.3, query);
      add(name + "k_proj.bias", 0.3, keyValue);
      add(name + "v_proj.bias", 0.3, keyValue);
    }
    if (kind.hasHeadNorms()) {
      norm(name + "q_norm.weight", kind.headSize());
      norm(name + "k_norm.weight", kind.headSize());
    }
    linear(name + "o_proj.weight", HIDDEN, query);
  }

  /** Large enough that every value matters to the logits, small enough that none explodes. */
  private void linear(String name, int rows, int columns) {
    add(name, 1.5 / Math.sqrt(columns), rows, columns);
  }

  private void norm(String name, int length) {
    float[] values = values(0.2, length);
    for (int i = 0; i < length; i++) {
      values[i] += 1 - kind.normOffset();
    }
    tensors.add(name, StoredType.BF16, new long[] {length}, values);
  }

  private void add(String name, double deviation, int... shape) {
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    long[] dimensions = Arrays.stream(shape).asLongStream().toArray();
    tensors.add(name, StoredType.BF16, dimensions, values(deviation, count));
  }

  private float[] values(double deviation, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  /** A token for each byte, and those of roles: no text is unknown, nothing is merged. */
  private static Map<String, Object> tokenizer() {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    for (int value = 0; value < 256; value++) {
      vocabulary.put(Character.toString(letterOf(value)), value);
    }
    Map<String, Object> byteLevel =
        Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true);
    Map<String, Object> tokenizer = new LinkedHashMap<>();
    tokenizer.put("version", "1.0");
    tokenizer.put("added_tokens", addedTokens());
    tokenizer.put("pre_tokenizer", byteLevel);
    tokenizer.put("decoder", byteLevel);
    tokenizer.put("model", Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of()));
    return tokenizer;
  }

  private static List<Map<String, Object>> addedTokens() {
    return SPECIAL.stream()
        .<Map<String, Object>>map(
            text ->
                Map.of(
                    "id", END_OF_TEXT + SPECIAL.indexOf(text),
                    "content", text,
                    "single_word", false,
                    "lstrip", false,
                    "rstrip", false,
                    "normalized", false,
                    "special", true))
        .toList();
  }

  /**
   * The letter that byte-level vocabularies write a byte as: printable ones stand for themselves.
   */
  private static int letterOf(int value) {
    int shifted = 256;
    for (int other = 0; other < 256; other++) {
      boolean isPrintable =
          (other >= '!' && other <= '~')
              || (other >= 0xA1 && other <= 0xAC)
              || (other >= 0xAE && other <= 0xFF);
      if (other == value) {
        return isPrintable ? other : shifted;
      }
      shifted += isPrintable ? 0 : 1;
    }
    throw new IllegalArgumentException("not a byte: " + value);
  }

  private static Map<String, Object> tokenizerConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("bos_token", null);
    config.put("eos_token", "<|im_end|>");
    config.put("pad_token", "<|endoftext|>");
    config.put("model_max_length", 64);
    config.put(
        "chat_template",
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' +"
            + " message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}"
            + "{{ '<|im_start|>assistant\n' }}{% endif %}");
    return config;
  }
}
