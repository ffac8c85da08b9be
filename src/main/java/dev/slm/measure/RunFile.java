package dev.slm.measure;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A benchmark run as JSON, with its figures for people's tools and every sample for ours. */
public final class RunFile {
  private static final long LARGEST = 64L << 20;
  private static final int FORMAT = 1;

  private RunFile() {}

  /** The run as a tree to print or to keep. */
  public static Map<String, Object> tree(BenchmarkRun run) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("format", FORMAT);
    tree.put("started", run.started().toString());
    tree.put("place", run.place());
    tree.put("machine", run.machine());
    tree.put("version", run.version());
    tree.put("rounds", run.settings().rounds());
    tree.put("warmup", run.settings().warmup());
    tree.put("max_tokens", run.settings().maxTokens());
    tree.put("prompts", run.settings().prompts());
    tree.put("is_cut", run.isCut());
    tree.put("results", run.results().stream().map(RunFile::result).toList());
    return tree;
  }

  private static Map<String, @Nullable Object> result(ModelResult result) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("model", result.model());
    tree.put("status", result.isGood() ? "ok" : "failed");
    tree.put("failure", result.failure());
    tree.put("latency_avg_s", measured(result.latency().mean()));
    tree.put("latency_p50_s", measured(result.latency().percentile(50)));
    tree.put("latency_p95_s", measured(result.latency().percentile(95)));
    tree.put("latency_spread", measured(result.latency().spread()));
    tree.put("first_token_p50_s", measured(result.firstToken().percentile(50)));
    tree.put("prompt_tokens_per_s", measured(result.promptRate().mean()));
    tree.put("answer_tokens_per_s", measured(result.answerRate().mean()));
    tree.put("workshop_tokens_per_s", measured(result.workshopRate().mean()));
    tree.put("load_s", measured(result.loadSeconds()));
    tree.put("peak_bytes", measured(result.peakBytes()));
    tree.put("disk_bytes", measured(result.diskBytes()));
    tree.put("sample", result.sampleAnswer());
    tree.put("samples", result.samples());
    return tree;
  }

  /** Null, and not zero, for what was not measured. */
  private static @Nullable Double measured(double value) {
    return value == 0 ? null : value;
  }

  private static @Nullable Long measured(long value) {
    return value == 0 ? null : value;
  }

  /** The results of a run that was kept. */
  public static List<ModelResult> results(Path file) {
    JsonNode tree = Json.tree(file, LARGEST);
    if (tree.path("format").asInt(0) != FORMAT || !tree.path("results").isArray()) {
      throw Problem.badFile("'" + file + "' is not a benchmark run")
          .next("benchmark run MODEL… --json FILE");
    }
    List<ModelResult> results = new ArrayList<>();
    for (JsonNode result : tree.path("results")) {
      results.add(result(result));
    }
    return results;
  }

  private static ModelResult result(JsonNode tree) {
    List<Sample> samples = new ArrayList<>();
    for (JsonNode sample : tree.path("samples")) {
      samples.add(
          new Sample(
              sample.path("prompt").asString(""),
              sample.path("answer").asString(""),
              sample.path("seconds").asDouble(0),
              sample.path("firstTokenSeconds").asDouble(0),
              sample.path("promptTokens").asInt(0),
              sample.path("cachedTokens").asInt(0),
              sample.path("answerTokens").asInt(0)));
    }
    return new ModelResult(
        tree.path("model").asString(""),
        tree.path("failure").asString(""),
        tree.path("load_s").asDouble(0),
        tree.path("disk_bytes").asLong(0),
        tree.path("peak_bytes").asLong(0),
        samples);
  }
}
