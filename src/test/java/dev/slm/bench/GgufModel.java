package dev.slm.bench;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** The synthetic model as GGUF, all matrices Q4_0: what llama.cpp reads. */
final class GgufModel {
  private static final int VERSION = 3;
  private static final int ALIGNMENT = 32;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int F32 = 0;
  private static final int Q4_0 = 2;

  private final ByteArrayOutputStream head = new ByteArrayOutputStream();
  private int keys;

  private GgufModel() {}

  static void write(Path file) throws IOException {
    GgufModel model = new GgufModel();
    model.describe();
    byte[] keys = model.head.toByteArray();
    model.head.reset();
    long bytes = model.tensors();
    byte[] tensors = model.head.toByteArray();
    model.head.reset();
    model.head.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    model.int32(VERSION);
    model.int64(SyntheticModel.tensors().size());
    model.int64(model.keys);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(model.head.toByteArray());
      out.write(keys);
      out.write(tensors);
      int used = model.head.size() + keys.length + tensors.length;
      out.write(new byte[Math.ceilDiv(used, ALIGNMENT) * ALIGNMENT - used]);
      writeData(out, bytes);
    }
  }

  private void describe() {
    text("general.architecture", "qwen2");
    number("qwen2.block_count", SyntheticModel.LAYERS);
    number("qwen2.context_length", 32768);
    number("qwen2.embedding_length", SyntheticModel.HIDDEN);
    number("qwen2.feed_forward_length", SyntheticModel.INNER);
    number("qwen2.attention.head_count", SyntheticModel.HEADS);
    number("qwen2.attention.head_count_kv", 2);
    real("qwen2.rope.freq_base", 1_000_000);
    real("qwen2.attention.layer_norm_rms_epsilon", 1e-6f);
    text("tokenizer.ggml.model", "gpt2");
    text("tokenizer.ggml.pre", "qwen2");
    number("tokenizer.ggml.eos_token_id", 151_645);
    array("tokenizer.ggml.tokens", STRING, SyntheticModel.VOCABULARY);
    for (int token = 0; token < SyntheticModel.VOCABULARY; token++) {
      // the letters come first, so that a text of letters has a token for each
      string(token < 26 ? String.valueOf((char) ('a' + token)) : "<t" + token + ">");
    }
    array("tokenizer.ggml.token_type", INT32, SyntheticModel.VOCABULARY);
    for (int token = 0; token < SyntheticModel.VOCABULARY; token++) {
      int32(1);
    }
    array("tokenizer.ggml.merges", STRING, 1);
    string("a b");
  }

  private long tensors() {
    long offset = 0;
    for (Map.Entry<String, int[]> tensor : SyntheticModel.tensors().entrySet()) {
      int[] sizes = tensor.getValue();
      string(name(tensor.getKey()));
      int32(sizes.length);
      for (int i = sizes.length - 1; i >= 0; i--) {
        int64(sizes[i]);
      }
      int32(sizes.length == 1 ? F32 : Q4_0);
      int64(offset);
      long elements = SyntheticModel.elements(sizes);
      long bytes = sizes.length == 1 ? 4 * elements : elements / 32 * 18;
      offset += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
    return offset;
  }

  private static String name(String tensor) {
    return tensor
        .replace("model.embed_tokens", "token_embd")
        .replace("model.norm", "output_norm")
        .replace("model.layers.", "blk.")
        .replace("post_attention_layernorm", "ffn_norm")
        .replace("input_layernorm", "attn_norm")
        .replace("self_attn.q_proj", "attn_q")
        .replace("self_attn.k_proj", "attn_k")
        .replace("self_attn.v_proj", "attn_v")
        .replace("self_attn.o_proj", "attn_output")
        .replace("mlp.gate_proj", "ffn_gate")
        .replace("mlp.up_proj", "ffn_up")
        .replace("mlp.down_proj", "ffn_down");
  }

  /**
   * Blocks of a small fp16 scale and random halves of bytes, which are small numbers as F32 too.
   */
  private static void writeData(OutputStream out, long bytes) throws IOException {
    byte[] noise = new byte[18 * 16384];
    new Random(SyntheticModel.SEED).nextBytes(noise);
    for (int block = 0; block < noise.length; block += 18) {
      noise[block] = 0;
      noise[block + 1] = 0x18;
      // the high byte of each float that may lie here: tiny or about one
      for (int i = block + 3; i < block + 18; i += 4) {
        noise[i] &= 0x3B;
      }
    }
    for (long left = bytes; left > 0; left -= noise.length) {
      out.write(noise, 0, (int) Math.min(left, noise.length));
    }
  }

  private void key(String key, int type) {
    keys++;
    string(key);
    int32(type);
  }

  private void text(String key, String value) {
    key(key, STRING);
    string(value);
  }

  private void number(String key, int value) {
    key(key, UINT32);
    int32(value);
  }

  private void real(String key, float value) {
    key(key, FLOAT32);
    int32(Float.floatToRawIntBits(value));
  }

  private void array(String key, int type, int size) {
    key(key, ARRAY);
    int32(type);
    int64(size);
  }

  private void string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    head.writeBytes(bytes);
  }

  private void int32(int value) {
    head.writeBytes(little(4).putInt(value).array());
  }

  private void int64(long value) {
    head.writeBytes(little(8).putLong(value).array());
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
