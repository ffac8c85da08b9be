package dev.slm.engine.ort;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import dev.slm.base.Problem;
import dev.slm.engine.check.RuntimeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a graph takes and gives, read from the loaded session and held against its configuration.
 *
 * @param hasPositions whether it wants the positions of the ids
 * @param cacheType how wide the numbers of the KV cache are
 * @param shortContext tokens beyond which positions rotate otherwise, also those before: the cache
 *     of a shorter conversation is of no use then (decision record 8)
 */
record GraphIo(
    RuntimeConfig names,
    boolean hasMask,
    boolean hasPositions,
    OnnxJavaType idType,
    int layers,
    int heads,
    int headSize,
    OnnxJavaType cacheType,
    OnnxJavaType logitsType,
    int vocabulary,
    LogitsRows rows,
    int shortContext) {

  /** For which of the ids of a run the graph gives logits. */
  enum LogitsRows {
    ALL,
    LAST,
    /** all for a mask of ones, the last one for a mask of twos (decision record 8) */
    ASKED
  }

  /** The name of the dimension by which our converter's graphs tell that they can be asked. */
  private static final String ASKED_ROWS = "logits_length";

  /** The line of metadata by which our converter's graphs tell the length of short contexts. */
  private static final String SHORT_CONTEXT = "slm.long_context";

  static GraphIo read(Path graph, RuntimeConfig config, Stages stages) throws OrtException {
    int shortContext =
        stages
            .metadata(SHORT_CONTEXT)
            .filter(text -> text.matches("[1-9]\\d{0,8}"))
            .map(Integer::valueOf)
            .orElse(Integer.MAX_VALUE);
    return new Reader(graph, config, stages.inputs(), stages.outputs(), shortContext).read();
  }

  int cacheElementBytes() {
    return cacheType == OnnxJavaType.FLOAT ? Float.BYTES : Short.BYTES;
  }

  /** Bytes of keys and values of all layers for one token. */
  long bytesPerToken() {
    return 2L * layers * heads * headSize * cacheElementBytes();
  }

  private record Reader(
      Path graph,
      RuntimeConfig config,
      Map<String, NodeInfo> inputs,
      Map<String, NodeInfo> outputs,
      int shortContext) {

    GraphIo read() {
      List<String> missing = new ArrayList<>();
      Set<String> unknown = new HashSet<>(inputs.keySet());
      TensorInfo ids = take(config.inputIds(), unknown, missing);
      TensorInfo mask =
          unknown.contains(config.attentionMask())
              ? take(config.attentionMask(), unknown, missing)
              : null;
      TensorInfo positions =
          unknown.contains(config.positionIds())
              ? take(config.positionIds(), unknown, missing)
              : null;
      TensorInfo past = take(config.pastKey(0), unknown, missing);
      for (int layer = 0; layer < config.layers(); layer++) {
        unknown.remove(config.pastKey(layer));
        require(inputs, config.pastKey(layer), missing);
        take(config.pastValue(layer), unknown, missing);
        require(outputs, config.presentKey(layer), missing);
        require(outputs, config.presentValue(layer), missing);
      }
      require(outputs, config.logits(), missing);
      if (ids == null || past == null || !missing.isEmpty()) {
        throw refusal(
            "has no '" + String.join("', '", missing.stream().distinct().limit(3).toList()) + "'");
      }
      if (!unknown.isEmpty()) {
        throw refusal(
            "wants an input '" + unknown.iterator().next() + "' that this engine does not know");
      }
      return shape(ids, mask != null, positions != null, past, tensor(outputs, config.logits()));
    }

    private GraphIo shape(
        TensorInfo ids, boolean hasMask, boolean hasPositions, TensorInfo past, TensorInfo logits) {
      long[] cache = past.getShape();
      long[] rows = logits.getShape();
      if (cache.length != 4 || rows.length != 3) {
        throw refusal("has a cache or logits of another shape than decoders have");
      }
      long heads = cache[1] > 0 ? cache[1] : config.keyValueHeads();
      long headSize = cache[3] > 0 ? cache[3] : config.headSize();
      if (heads != config.keyValueHeads() || headSize != config.headSize()) {
        throw refusal(
            "keeps %d heads of %d numbers, %s says %d of %d"
                .formatted(
                    heads,
                    headSize,
                    RuntimeConfig.FILE_NAME,
                    config.keyValueHeads(),
                    config.headSize()));
      }
      long vocabulary = rows[2] > 0 ? rows[2] : config.vocabularySize();
      if (vocabulary < 1 || vocabulary > Integer.MAX_VALUE / Float.BYTES) {
        throw refusal("has logits of " + vocabulary + " tokens");
      }
      return new GraphIo(
          config,
          hasMask,
          hasPositions,
          known(ids.type, OnnxJavaType.INT64, OnnxJavaType.INT32),
          config.layers(),
          (int) heads,
          (int) headSize,
          known(past.type, OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16),
          known(logits.type, OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16),
          (int) vocabulary,
          rows(rows[1], logits.getDimensionNames()[1]),
          shortContext);
    }

    private static LogitsRows rows(long size, String name) {
      if (size == 1) {
        return LogitsRows.LAST;
      }
      return name.equals(ASKED_ROWS) ? LogitsRows.ASKED : LogitsRows.ALL;
    }

    private OnnxJavaType known(OnnxJavaType type, OnnxJavaType... expected) {
      if (!List.of(expected).contains(type)) {
        throw refusal("uses numbers of the type " + type + " where this engine does not know them");
      }
      return type;
    }

    private @Nullable TensorInfo take(String name, Set<String> unknown, List<String> missing) {
      unknown.remove(name);
      require(inputs, name, missing);
      return inputs.containsKey(name) ? tensor(inputs, name) : null;
    }

    private static void require(Map<String, NodeInfo> infos, String name, List<String> missing) {
      if (!infos.containsKey(name)) {
        missing.add(name);
      }
    }

    private TensorInfo tensor(Map<String, NodeInfo> infos, String name) {
      NodeInfo node = infos.get(name);
      if (node != null && node.getInfo() instanceof TensorInfo tensor) {
        return tensor;
      }
      throw refusal("has no tensor '" + name + "'");
    }

    private Problem refusal(String what) {
      return Problem.badFile("'" + graph + "' " + what).next("doctor " + graph.getParent());
    }
  }
}
