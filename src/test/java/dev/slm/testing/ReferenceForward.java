package dev.slm.testing;

import dev.slm.base.Json;
import dev.slm.format.Safetensors;
import dev.slm.format.WeightMatrix;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A checkpoint's logits by plain loops over its tensors, for all families: slow, without cache, and
 * written without the converter's code, so that either shows the other's mistakes.
 */
public final class ReferenceForward implements AutoCloseable {
  private final JsonNode config;
  private final Safetensors tensors;
  private final Map<String, float[]> loaded = new HashMap<>();
  private final String type;
  private final int hidden;
  private final int heads;
  private final int keyValueHeads;
  private final int headSize;

  public ReferenceForward(Path folder) {
    this.config = Json.tree(folder.resolve("config.json"), 1 << 20);
    this.tensors = Safetensors.open(folder);
    this.type = config.get("model_type").stringValue();
    this.hidden = whole("hidden_size", 0);
    this.heads = whole("num_attention_heads", 0);
    this.keyValueHeads = whole("num_key_value_heads", heads);
    this.headSize = whole("head_dim", hidden / heads);
  }

  /** The logits that follow each of the ids. */
  public float[][] logits(int... ids) {
    float[][] x = new float[ids.length][];
    float scale = isGemma() ? (float) Math.sqrt(hidden) : number("embedding_multiplier", 1);
    for (int i = 0; i < ids.length; i++) {
      float[] table = weight("model.embed_tokens.weight");
      x[i] = Arrays.copyOfRange(table, ids[i] * hidden, (ids[i] + 1) * hidden);
      multiply(x[i], scale);
    }
    for (int layer = 0; layer < whole("num_hidden_layers", 0); layer++) {
      layer(layer, x);
    }
    boolean isTied = !tensors.has("lm_head.weight");
    String head = isTied ? "model.embed_tokens.weight" : "lm_head.weight";
    float[][] logits = linear(head, norm("model.norm.weight", x));
    for (float[] row : logits) {
      multiply(row, 1 / number("logits_scaling", 1));
      cap(row, number("final_logit_softcapping", 0));
    }
    return logits;
  }

  private void layer(int layer, float[][] x) {
    String name = "model.layers." + layer + ".";
    float residual = number("residual_multiplier", 1);
    boolean hasOutputNorms = tensors.has(name + "pre_feedforward_layernorm.weight");

    float[][] attended = attention(layer, norm(name + "input_layernorm.weight", x));
    if (hasOutputNorms) {
      attended = norm(name + "post_attention_layernorm.weight", attended);
    }
    add(x, attended, residual);

    String before = hasOutputNorms ? "pre_feedforward" : "post_attention";
    float[][] fed = feedForward(name + "mlp.", norm(name + before + "_layernorm.weight", x));
    if (hasOutputNorms) {
      fed = norm(name + "post_feedforward_layernorm.weight", fed);
    }
    add(x, fed, residual);
  }

  private float[][] attention(int layer, float[][] x) {
    String name = "model.layers." + layer + ".self_attn.";
    int query = heads * headSize;
    int keyValue = keyValueHeads * headSize;
    float[][] q;
    float[][] k;
    float[][] v;
    if (tensors.has(name + "qkv_proj.weight")) {
      float[][] all = linear(name + "qkv_proj.weight", x);
      q = columns(all, 0, query);
      k = columns(all, query, query + keyValue);
      v = columns(all, query + keyValue, query + 2 * keyValue);
    } else {
      q = linear(name + "q_proj.weight", x);
      k = linear(name + "k_proj.weight", x);
      v = linear(name + "v_proj.weight", x);
    }
    if (tensors.has(name + "q_norm.weight")) {
      normHeads(name + "q_norm.weight", q);
      normHeads(name + "k_norm.weight", k);
    }
    if (isRotated(layer)) {
      double[] frequencies = frequencies(layer, x.length);
      rotate(q, frequencies, magnitude());
      rotate(k, frequencies, magnitude());
    }
    return linear(name + "o_proj.weight", mix(q, k, v, window(layer)));
  }

  /** Each position's mean of the values before it, weighted by how well their keys match. */
  private float[][] mix(float[][] q, float[][] k, float[][] v, int window) {
    float[][] out = new float[q.length][heads * headSize];
    for (int to = 0; to < q.length; to++) {
      int from = window == 0 ? 0 : Math.max(0, to - window + 1);
      for (int head = 0; head < heads; head++) {
        int kvAt = head / (heads / keyValueHeads) * headSize;
        float[] scores = new float[to - from + 1];
        for (int i = 0; i < scores.length; i++) {
          double match = dot(q[to], head * headSize, k[from + i], kvAt, headSize);
          scores[i] = (float) match * attentionScale();
        }
        cap(scores, number("attn_logit_softcapping", 0));
        softmax(scores);
        for (int i = 0; i < scores.length; i++) {
          for (int j = 0; j < headSize; j++) {
            out[to][head * headSize + j] += scores[i] * v[from + i][kvAt + j];
          }
        }
      }
    }
    return out;
  }

  private float attentionScale() {
    if (type.equals("granite")) {
      return number("attention_multiplier", 1);
    }
    float scalar = isGemma() ? number("query_pre_attn_scalar", 256) : headSize;
    return (float) (1 / Math.sqrt(scalar));
  }

  private int window(int layer) {
    int window = whole("sliding_window", 0);
    return switch (type) {
      case "mistral", "phi3" -> window;
      case "gemma2" -> layer % 2 == 0 ? window : 0;
      case "gemma3_text" -> isLocal(layer) ? window : 0;
      default -> 0;
    };
  }

  private boolean isLocal(int layer) {
    return type.equals("gemma3_text") && (layer + 1) % whole("sliding_window_pattern", 6) != 0;
  }

  private boolean isRotated(int layer) {
    return !config.has("no_rope_layers") || config.get("no_rope_layers").get(layer).intValue() == 1;
  }

  private void rotate(float[][] x, double[] frequencies, double magnitude) {
    int half = frequencies.length;
    for (int position = 0; position < x.length; position++) {
      for (int at = 0; at < x[position].length; at += headSize) {
        for (int i = 0; i < half; i++) {
          double angle = position * frequencies[i];
          double cos = Math.cos(angle) * magnitude;
          double sin = Math.sin(angle) * magnitude;
          float a = x[position][at + i];
          float b = x[position][at + half + i];
          x[position][at + i] = (float) (a * cos - b * sin);
          x[position][at + half + i] = (float) (b * cos + a * sin);
        }
      }
    }
  }

  private double[] frequencies(int layer, int length) {
    int half = (int) (headSize * number("partial_rotary_factor", 1)) / 2;
    double base = number(isLocal(layer) ? "rope_local_base_freq" : "rope_theta", 10_000);
    double[] frequencies =
        IntStream.range(0, half).mapToDouble(i -> Math.pow(base, -(double) i / half)).toArray();
    JsonNode scaling = config.path("rope_scaling");
    if (isLocal(layer) || !scaling.isObject()) {
      return frequencies;
    }
    double factor = scaling.path("factor").asDouble(1);
    switch (ropeType(scaling)) {
      case "linear" -> divide(frequencies, _ -> factor);
      case "llama3" -> divide(frequencies, i -> llama3(frequencies[i], scaling, factor));
      case "yarn" -> divide(frequencies, i -> yarn(i, half * 2, base, scaling, factor));
      default -> {
        boolean isLong = length > whole("original_max_position_embeddings", 0);
        JsonNode factors = scaling.get(isLong ? "long_factor" : "short_factor");
        divide(frequencies, i -> factors.get(i).doubleValue());
      }
    }
    return frequencies;
  }

  private interface Divisor {
    double of(int index);
  }

  private static void divide(double[] values, Divisor divisor) {
    for (int i = 0; i < values.length; i++) {
      values[i] /= divisor.of(i);
    }
  }

  private static double llama3(double frequency, JsonNode scaling, double factor) {
    double turns =
        scaling.get("original_max_position_embeddings").doubleValue() * frequency / (2 * Math.PI);
    double low = scaling.get("low_freq_factor").doubleValue();
    double high = scaling.get("high_freq_factor").doubleValue();
    double keep = Math.clamp((turns - low) / (high - low), 0, 1);
    return 1 / (keep + (1 - keep) / factor);
  }

  private static double yarn(int i, int size, double base, JsonNode scaling, double factor) {
    double original = scaling.get("original_max_position_embeddings").doubleValue();
    double low = Math.max(0, Math.floor(turnsAt(32, size, base, original)));
    double high = Math.min(size - 1, Math.ceil(turnsAt(1, size, base, original)));
    double keep = 1 - Math.clamp((i - low) / Math.max(high - low, 0.001), 0, 1);
    return 1 / (keep + (1 - keep) / factor);
  }

  private static double turnsAt(double turns, int size, double base, double original) {
    return size * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private static String ropeType(JsonNode scaling) {
    return scaling.path("rope_type").asString(scaling.path("type").asString("default"));
  }

  private double magnitude() {
    JsonNode scaling = config.path("rope_scaling");
    return switch (ropeType(scaling)) {
      case "yarn" -> 0.1 * Math.log(scaling.get("factor").doubleValue()) + 1;
      case "longrope" -> {
        double original = number("original_max_position_embeddings", 1);
        double factor = number("max_position_embeddings", 1) / original;
        yield Math.sqrt(1 + Math.log(factor) / Math.log(original));
      }
      default -> 1;
    };
  }

  private float[][] feedForward(String name, float[][] x) {
    int size = whole("intermediate_size", 0);
    float[][] gate;
    float[][] up;
    if (tensors.has(name + "gate_up_proj.weight")) {
      float[][] both = linear(name + "gate_up_proj.weight", x);
      gate = columns(both, 0, size);
      up = columns(both, size, 2 * size);
    } else {
      gate = linear(name + "gate_proj.weight", x);
      up = linear(name + "up_proj.weight", x);
    }
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < size; i++) {
        gate[t][i] = activate(gate[t][i]) * up[t][i];
      }
    }
    return linear(name + "down_proj.weight", gate);
  }

  private float activate(float x) {
    if (isGemma()) {
      double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
      return (float) (0.5 * x * (1 + Math.tanh(inner)));
    }
    return (float) (x / (1 + Math.exp(-x)));
  }

  private float[][] norm(String name, float[][] x) {
    float[][] normed = new float[x.length][];
    for (int t = 0; t < x.length; t++) {
      normed[t] = x[t].clone();
      norm(weight(name), normed[t], 0, x[t].length);
    }
    return normed;
  }

  private void normHeads(String name, float[][] x) {
    for (float[] row : x) {
      for (int at = 0; at < row.length; at += headSize) {
        norm(weight(name), row, at, headSize);
      }
    }
  }

  private void norm(float[] weight, float[] x, int at, int length) {
    double meanSquare = dot(x, at, x, at, length) / length;
    double scale = 1 / Math.sqrt(meanSquare + number("rms_norm_eps", 1e-6f));
    for (int i = 0; i < length; i++) {
      x[at + i] *= (float) (scale * (weight[i] + (isGemma() ? 1 : 0)));
    }
  }

  private float[][] linear(String name, float[][] x) {
    float[] weight = weight(name);
    String biasName = name.replace(".weight", ".bias");
    float[] bias = tensors.has(biasName) ? tensors.vector(biasName) : new float[0];
    int columns = x[0].length;
    int rows = weight.length / columns;
    float[][] out = new float[x.length][rows];
    for (int t = 0; t < x.length; t++) {
      for (int row = 0; row < rows; row++) {
        double sum = dot(weight, row * columns, x[t], 0, columns);
        out[t][row] = (float) sum + (bias.length == 0 ? 0 : bias[row]);
      }
    }
    return out;
  }

  private float[] weight(String name) {
    return loaded.computeIfAbsent(name, this::load);
  }

  private float[] load(String name) {
    if (tensors.find(name).orElseThrow().shape().size() == 1) {
      return tensors.vector(name);
    }
    WeightMatrix matrix = tensors.matrix(name);
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.read(0, matrix.rows(), values);
    return values;
  }

  private static double dot(float[] a, int aAt, float[] b, int bAt, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) a[aAt + i] * b[bAt + i];
    }
    return sum;
  }

  private static void softmax(float[] scores) {
    float most = scores[0];
    for (float score : scores) {
      most = Math.max(most, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) Math.exp(scores[i] - most);
      sum += scores[i];
    }
    multiply(scores, (float) (1 / sum));
  }

  private static void cap(float[] values, float bound) {
    for (int i = 0; i < values.length && bound > 0; i++) {
      values[i] = (float) (bound * Math.tanh(values[i] / bound));
    }
  }

  private static void multiply(float[] values, float factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
  }

  private static void add(float[][] x, float[][] more, float factor) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += more[t][i] * factor;
      }
    }
  }

  private static float[][] columns(float[][] x, int from, int to) {
    return Arrays.stream(x).map(row -> Arrays.copyOfRange(row, from, to)).toArray(float[][]::new);
  }

  private boolean isGemma() {
    return type.startsWith("gemma");
  }

  private int whole(String field, int absent) {
    return config.path(field).asInt(absent);
  }

  private float number(String field, float absent) {
    return (float) config.path(field).asDouble(absent);
  }

  @Override
  public void close() {
    tensors.close();
  }
}
