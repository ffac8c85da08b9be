package dev.slm.measure;

import dev.slm.base.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark asks whom, how often.
 *
 * @param rounds how often each prompt is measured
 * @param warmup answers before the first measured one
 * @param isStreamed whether an endpoint streams; local models always do
 * @param tags what the configuration says of a model, for the report
 */
public record BenchmarkSettings(
    List<String> models,
    List<String> prompts,
    int rounds,
    int warmup,
    int maxTokens,
    boolean isStreamed,
    Map<String, Tag> tags) {
  /** The workshop's prompts. */
  public static final List<String> WORKSHOP_PROMPTS =
      List.of(
          "Explain the principle of retrieval augmented generation in 2 sentences.",
          "List 3 privacy benefits of local inference.",
          "Summarize why model size impacts latency on consumer hardware.",
          "Provide two scenarios where an SLM is preferable to an LLM.",
          "Summarize retrieval augmented generation.",
          "Explain when to choose an SLM over an LLM.");

  public static final BenchmarkSettings DEFAULT =
      new BenchmarkSettings(List.of(), WORKSHOP_PROMPTS.subList(0, 1), 3, 1, 128, false, Map.of());

  /** What people note of a model. */
  public record Tag(List<String> capabilities, long sizeMb) {
    public Tag {
      capabilities = List.copyOf(capabilities);
    }
  }

  public BenchmarkSettings {
    models = List.copyOf(models);
    prompts = List.copyOf(prompts);
    tags = Map.copyOf(tags);
  }

  /** Settings with what the workshop's variables say. */
  public BenchmarkSettings with(Map<String, String> environment) {
    List<String> mistakes = new ArrayList<>();
    BenchmarkSettings it = this;
    String named = environment.getOrDefault("BENCH_MODELS", "");
    if (!named.isBlank()) {
      it = it.withModels(List.of(named.strip().split("[,\\s]+")));
    }
    String prompt = environment.getOrDefault("BENCH_PROMPT", "");
    if (!prompt.isBlank()) {
      it = it.withPrompts(List.of(prompt));
    }
    String rounds = environment.getOrDefault("BENCH_ROUNDS", "").strip();
    if (rounds.matches("[1-9]\\d{0,3}")) {
      it = it.withRounds(Integer.parseInt(rounds));
    } else if (!rounds.isEmpty()) {
      mistakes.add("BENCH_ROUNDS is '" + rounds + "', expected a number from 1 to 9999");
    }
    String stream = environment.getOrDefault("BENCH_STREAM", "").strip();
    if (stream.matches("(?i)[01]|true|false")) {
      it = it.withStream(stream.matches("(?i)1|true"));
    } else if (!stream.isEmpty()) {
      mistakes.add("BENCH_STREAM is '" + stream + "', expected 1 or 0");
    }
    if (!mistakes.isEmpty()) {
      throw Problem.usage(String.join("; ", mistakes));
    }
    return it;
  }

  public BenchmarkSettings withModels(List<String> value) {
    return new BenchmarkSettings(
        value.stream().distinct().toList(), prompts, rounds, warmup, maxTokens, isStreamed, tags);
  }

  public BenchmarkSettings withPrompts(List<String> value) {
    return new BenchmarkSettings(models, value, rounds, warmup, maxTokens, isStreamed, tags);
  }

  public BenchmarkSettings withRounds(int value) {
    return new BenchmarkSettings(models, prompts, value, warmup, maxTokens, isStreamed, tags);
  }

  public BenchmarkSettings withWarmup(int value) {
    return new BenchmarkSettings(models, prompts, rounds, value, maxTokens, isStreamed, tags);
  }

  public BenchmarkSettings withMaxTokens(int value) {
    return new BenchmarkSettings(models, prompts, rounds, warmup, value, isStreamed, tags);
  }

  public BenchmarkSettings withStream(boolean value) {
    return new BenchmarkSettings(models, prompts, rounds, warmup, maxTokens, value, tags);
  }

  BenchmarkSettings withTags(Map<String, Tag> value) {
    return new BenchmarkSettings(
        models, prompts, rounds, warmup, maxTokens, isStreamed, new LinkedHashMap<>(value));
  }
}
