package dev.slm.bench;

import dev.slm.base.Json;
import dev.slm.base.Progress;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.model.Precision;
import dev.slm.prepare.Checkpoint;
import dev.slm.prepare.EngineScorer;
import dev.slm.prepare.Plan;
import dev.slm.prepare.Preparation;
import dev.slm.prepare.Prepared;
import dev.slm.prepare.QuantizeRequest;
import dev.slm.profile.Profiles;
import dev.slm.quantize.WeightOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Converts a checkpoint of random weights in the shape of a real model, and prints the time as a
 * ratio to copying the checkpoint through SHA-256 on the same disk, the size as a ratio to the
 * arithmetic minimum, and the most memory of the process. How to start it stands in {@code
 * src/docs/precision.md}.
 */
public final class ConversionBenchmark {
  private static final int CHUNK_BYTES = 8 << 20;
  private static final long SEED = 1;
  private static final int ROUNDS = 3;
  private static final int POSITIONS = 32_768;

  /** The sizes of a Qwen2 model; tied embeddings when there is no head of its own. */
  private record Shape(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyValueHeads,
      int vocabulary,
      boolean tied) {}

  private static final Map<String, Shape> SHAPES =
      Map.of(
          "qwen2.5-0.5b", new Shape(896, 4864, 24, 14, 2, 151_936, true),
          "qwen2.5-7b", new Shape(3584, 18_944, 28, 28, 4, 152_064, false));

  private final Shape shape;
  private final Path folder;

  private ConversionBenchmark(Shape shape, Path folder) {
    this.shape = shape;
    this.folder = folder;
  }

  public static void main(String[] arguments) throws IOException {
    String name = arguments.length > 0 ? arguments[0] : "qwen2.5-0.5b";
    Shape shape = SHAPES.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("known shapes: " + SHAPES.keySet());
    }
    Path folder = Path.of(arguments.length > 1 ? arguments[1] : "/tmp/slm-bench").resolve(name);
    System.out.printf(
        "machine %s, %d threads, Java %s, shape %s, int4 rtn block 32 symmetric, seed %d%n",
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        name,
        SEED);
    ConversionBenchmark benchmark = new ConversionBenchmark(shape, folder);
    benchmark.makeCheckpoint();
    for (int round = 1; round <= (name.endsWith("7b") ? 1 : ROUNDS); round++) {
      benchmark.round(round);
    }
  }

  private void round(int round) throws IOException {
    long copy = copy();
    long start = System.nanoTime();
    Prepared made = convert();
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "round %d: copy through SHA-256 %.1f s, conversion %.1f s, ratio %.2f; result %d bytes, %.4f of"
            + " the minimum; peak memory %d MB%n",
        round,
        copy / 1e9,
        seconds,
        seconds * 1e9 / copy,
        made.resultBytes(),
        (double) made.resultBytes() / minimum(),
        made.peakMemory() / 1_000_000);
    ModelCache cache = ModelCache.at(folder.resolve("cache"));
    cache.remove(cache.resolve("bench-int4"));
  }

  private Prepared convert() {
    ModelCache cache = ModelCache.at(folder.resolve("cache"));
    Preparation preparation =
        new Preparation(
            cache,
            Profiles.shipped().families(),
            new EngineScorer(Engines::load),
            "bench",
            Runtime.getRuntime().availableProcessors());
    Path checkpoint = folder.resolve("checkpoint");
    Plan plan =
        preparation.plan(
            new QuantizeRequest(
                Checkpoint.find("bench", checkpoint, cache),
                "",
                WeightOptions.of(Precision.INT4),
                "bench-int4",
                Optional.empty(),
                Optional.empty(),
                QuantizeRequest.Limits.NONE,
                false));
    return preparation.run(plan, Progress.NONE);
  }

  /** The least time that reading, hashing and writing the checkpoint takes. */
  private long copy() throws IOException {
    Path from = folder.resolve("checkpoint/model.safetensors");
    Path to = folder.resolve("copy");
    long start = System.nanoTime();
    try (FileChannel in = FileChannel.open(from);
        FileChannel out =
            FileChannel.open(to, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
      while (in.read(chunk.clear()) > 0) {
        digest.update(chunk.flip().duplicate());
        out.write(chunk);
      }
      out.force(true);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    Files.delete(to);
    return System.nanoTime() - start;
  }

  /**
   * Half a byte for each weight and a float for each 32; vectors as floats; the tables of sines and
   * cosines that the runtime's attention reads; the tokenizer.
   */
  private double minimum() throws IOException {
    double bytes = (double) POSITIONS * shape.hidden() / shape.heads() * Float.BYTES;
    for (Map.Entry<String, long[]> tensor : tensors().entrySet()) {
      long[] size = tensor.getValue();
      boolean isWideTable = !shape.tied() && tensor.getKey().contains("embed_tokens");
      if (size.length == 1) {
        bytes += size[0] * 4.0;
      } else {
        bytes += size[0] * size[1] * ((isWideTable ? 1.0 : 0.5) + 4.0 / 32);
      }
    }
    return bytes + Files.size(folder.resolve("checkpoint/tokenizer.json"));
  }

  private Map<String, long[]> tensors() {
    Map<String, long[]> all = new LinkedHashMap<>();
    long hidden = shape.hidden();
    long keyValue = hidden / shape.heads() * shape.keyValueHeads();
    all.put("model.embed_tokens.weight", new long[] {shape.vocabulary(), hidden});
    for (int layer = 0; layer < shape.layers(); layer++) {
      String name = "model.layers." + layer + ".";
      all.put(name + "input_layernorm.weight", new long[] {hidden});
      all.put(name + "post_attention_layernorm.weight", new long[] {hidden});
      all.put(name + "self_attn.q_proj.weight", new long[] {hidden, hidden});
      all.put(name + "self_attn.q_proj.bias", new long[] {hidden});
      for (String part : List.of("k_proj", "v_proj")) {
        all.put(name + "self_attn." + part + ".weight", new long[] {keyValue, hidden});
        all.put(name + "self_attn." + part + ".bias", new long[] {keyValue});
      }
      all.put(name + "self_attn.o_proj.weight", new long[] {hidden, hidden});
      all.put(name + "mlp.gate_proj.weight", new long[] {shape.intermediate(), hidden});
      all.put(name + "mlp.up_proj.weight", new long[] {shape.intermediate(), hidden});
      all.put(name + "mlp.down_proj.weight", new long[] {hidden, shape.intermediate()});
    }
    all.put("model.norm.weight", new long[] {hidden});
    if (!shape.tied()) {
      all.put("lm_head.weight", new long[] {shape.vocabulary(), hidden});
    }
    return all;
  }

  private void makeCheckpoint() throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    Path weights = checkpoint.resolve("model.safetensors");
    if (Files.exists(weights)) {
      return;
    }
    Files.createDirectories(checkpoint);
    Path demo = Path.of("src/model/checkpoint");
    for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
      Files.copy(demo.resolve(file), checkpoint.resolve(file));
    }
    Files.writeString(checkpoint.resolve("config.json"), Json.pretty(config()));
    writeWeights(weights);
  }

  private Map<String, Object> config() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("model_type", "qwen2");
    config.put("hidden_size", shape.hidden());
    config.put("intermediate_size", shape.intermediate());
    config.put("num_hidden_layers", shape.layers());
    config.put("num_attention_heads", shape.heads());
    config.put("num_key_value_heads", shape.keyValueHeads());
    config.put("vocab_size", shape.vocabulary());
    config.put("max_position_embeddings", POSITIONS);
    config.put("rms_norm_eps", 1e-6);
    config.put("rope_theta", 1_000_000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", shape.tied());
    config.put("bos_token_id", 2045);
    config.put("eos_token_id", 2047);
    return config;
  }

  private void writeWeights(Path file) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long at = 0;
    for (Map.Entry<String, long[]> tensor : tensors().entrySet()) {
      long bytes = 2;
      for (long size : tensor.getValue()) {
        bytes *= size;
      }
      header.put(
          tensor.getKey(),
          Map.of(
              "dtype",
              "BF16",
              "shape",
              tensor.getValue(),
              "data_offsets",
              List.of(at, at + bytes)));
      at += bytes;
    }
    byte[] json = Json.line(header).getBytes(StandardCharsets.UTF_8);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.write(
          ByteBuffer.allocate(8 + json.length)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(json.length)
              .put(json)
              .flip());
      writeRandom(out, at);
    }
  }

  /** Values near 0.02 in size, as trained weights are; 16 bits of bf16 from a uniform number. */
  private static void writeRandom(FileChannel out, long bytes) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long left = bytes; left > 0; left -= chunk.limit()) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, left));
      while (chunk.remaining() >= 8) {
        long bits = random.nextLong();
        for (int i = 0; i < 4; i++) {
          float value = ((short) (bits >> (16 * i))) * (0.04f / 32_768);
          chunk.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        }
      }
      while (chunk.hasRemaining()) {
        chunk.put((byte) 0);
      }
      chunk.flip();
      while (chunk.hasRemaining()) {
        out.write(chunk);
      }
    }
  }
}
