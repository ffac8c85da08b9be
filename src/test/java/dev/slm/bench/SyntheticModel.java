package dev.slm.bench;

import dev.slm.base.Json;
import dev.slm.base.Progress;
import dev.slm.convert.Converter;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Random weights in the exact shape of Qwen2.5-0.5B (494 million parameters, tied embedding): speed
 * does not depend on their values.
 */
final class SyntheticModel {
  static final int VOCABULARY = 151_936;
  static final int HIDDEN = 896;
  static final int INNER = 4864;
  static final int LAYERS = 24;
  static final int HEADS = 14;
  static final int SHARED = 128;
  static final long SEED = 5;
  private static final int END = 151_645;

  private static final Path DEMO = Path.of("src/model/checkpoint");

  private SyntheticModel() {}

  /**
   * Writes a checkpoint with as many layers as asked for and the demo model's vocabulary, so that
   * all it says is text: {@code SyntheticModel FOLDER LAYERS}.
   */
  public static void main(String[] arguments) throws IOException {
    int vocabulary = Json.tree(DEMO.resolve("config.json"), 1 << 20).path("vocab_size").intValue();
    write(Path.of(arguments[0]), Integer.parseInt(arguments[1]), vocabulary);
  }

  private static void write(Path checkpoint, int layers, int vocabulary) throws IOException {
    Files.createDirectories(checkpoint);
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.writeString(checkpoint.resolve(name), Files.readString(DEMO.resolve(name)));
    }
    Files.writeString(checkpoint.resolve("config.json"), config(layers, vocabulary));
    writeWeights(checkpoint.resolve("model.safetensors"), tensors(layers, vocabulary));
  }

  /** Writes the checkpoint below the folder and converts it to int4 under a name. */
  static void prepare(Path folder, String name, int blockSize) throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    write(checkpoint, LAYERS, VOCABULARY);
    Family family = Family.read(Path.of("profiles/families/qwen2.json"));
    WeightOptions options = WeightOptions.of(Precision.INT4).withBlocks(blockSize, true);
    try (Encoder encoder = new Encoder(options, true, 2, Progress.NONE)) {
      Path model = Files.createDirectories(folder.resolve(name));
      Converter.convert(checkpoint, family, encoder, "synthetic", model, Progress.NONE);
    }
  }

  /** The tensors with their sizes, rows first. */
  static Map<String, int[]> tensors() {
    return tensors(LAYERS, VOCABULARY);
  }

  private static Map<String, int[]> tensors(int layers, int vocabulary) {
    Map<String, int[]> tensors = new LinkedHashMap<>();
    tensors.put("model.embed_tokens.weight", new int[] {vocabulary, HIDDEN});
    for (int layer = 0; layer < layers; layer++) {
      String name = "model.layers." + layer + ".";
      tensors.put(name + "input_layernorm.weight", new int[] {HIDDEN});
      tensors.put(name + "self_attn.q_proj.weight", new int[] {HIDDEN, HIDDEN});
      tensors.put(name + "self_attn.q_proj.bias", new int[] {HIDDEN});
      tensors.put(name + "self_attn.k_proj.weight", new int[] {SHARED, HIDDEN});
      tensors.put(name + "self_attn.k_proj.bias", new int[] {SHARED});
      tensors.put(name + "self_attn.v_proj.weight", new int[] {SHARED, HIDDEN});
      tensors.put(name + "self_attn.v_proj.bias", new int[] {SHARED});
      tensors.put(name + "self_attn.o_proj.weight", new int[] {HIDDEN, HIDDEN});
      tensors.put(name + "post_attention_layernorm.weight", new int[] {HIDDEN});
      tensors.put(name + "mlp.gate_proj.weight", new int[] {INNER, HIDDEN});
      tensors.put(name + "mlp.up_proj.weight", new int[] {INNER, HIDDEN});
      tensors.put(name + "mlp.down_proj.weight", new int[] {HIDDEN, INNER});
    }
    tensors.put("model.norm.weight", new int[] {HIDDEN});
    return tensors;
  }

  static long elements(int[] sizes) {
    long elements = 1;
    for (int size : sizes) {
      elements *= size;
    }
    return elements;
  }

  private static String config(int layers, int vocabulary) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("model_type", "qwen2");
    config.put("hidden_size", HIDDEN);
    config.put("intermediate_size", INNER);
    config.put("num_hidden_layers", layers);
    config.put("num_attention_heads", HEADS);
    config.put("num_key_value_heads", SHARED / (HIDDEN / HEADS));
    config.put("vocab_size", vocabulary);
    config.put("max_position_embeddings", 32768);
    config.put("rope_theta", 1000000.0);
    config.put("rms_norm_eps", 1e-6);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", true);
    config.put("torch_dtype", "bfloat16");
    config.put("eos_token_id", Math.min(END, vocabulary - 1));
    return Json.pretty(config);
  }

  private static void writeWeights(Path file, Map<String, int[]> tensors) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    for (Map.Entry<String, int[]> tensor : tensors.entrySet()) {
      long end = offset + 2 * elements(tensor.getValue());
      header.put(
          tensor.getKey(),
          Map.of(
              "dtype",
              "BF16",
              "shape",
              tensor.getValue(),
              "data_offsets",
              new long[] {offset, end}));
      offset = end;
    }
    byte[] text = Json.line(header).getBytes(StandardCharsets.UTF_8);
    byte[] noise = noise();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      out.write(text);
      for (long left = offset; left > 0; left -= noise.length) {
        out.write(noise, 0, (int) Math.min(left, noise.length));
      }
    }
  }

  /** A megabyte of bf16 numbers around 0; repeating it changes nothing about speed. */
  private static byte[] noise() {
    Random random = new Random(SEED);
    ByteBuffer noise = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    while (noise.hasRemaining()) {
      noise.putShort(
          (short) (Float.floatToRawIntBits((float) (random.nextGaussian() * 0.02)) >>> 16));
    }
    return noise.array();
  }
}
