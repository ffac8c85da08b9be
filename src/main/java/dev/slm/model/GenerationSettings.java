package dev.slm.model;

import dev.slm.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How to choose an answer's tokens. Immutable; the {@code with…} methods give changed copies. A
 * temperature of 0 is greedy: after bias and penalties, if any are set, the most likely token each
 * time, whatever top_k, top_p, min_p and seed say.
 */
public record GenerationSettings(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty,
    int noRepeatNgram,
    OptionalLong seed,
    List<String> stop,
    Map<Integer, Double> logitBias,
    int logprobs) {

  /** The product's defaults; a model's own generation_config and the user's settings override. */
  public static final GenerationSettings DEFAULT =
      new GenerationSettings(
          2048, 0.7, 40, 0.9, 0, 1, 0, 0, 0, OptionalLong.empty(), List.of(), Map.of(), 0);

  public GenerationSettings {
    stop = List.copyOf(stop);
    logitBias = Map.copyOf(logitBias);
  }

  /** Exactly the most likely token each time. */
  public static GenerationSettings greedy(int maxTokens) {
    return DEFAULT.withMaxTokens(maxTokens).withTemperature(0);
  }

  public boolean isGreedy() {
    return temperature == 0;
  }

  /** One sentence per field that is out of its range; empty when all are good. */
  public List<String> mistakes() {
    List<String> mistakes = new ArrayList<>();
    check("max_tokens", maxTokens, 1, 1_000_000).ifPresent(mistakes::add);
    check("temperature", temperature, 0, 5).ifPresent(mistakes::add);
    check("top_k", topK, 0, 1_000_000).ifPresent(mistakes::add);
    check("top_p", topP, 0, 1).ifPresent(mistakes::add);
    check("min_p", minP, 0, 1).ifPresent(mistakes::add);
    check("repetition_penalty", repetitionPenalty, 0.01, 10).ifPresent(mistakes::add);
    check("presence_penalty", presencePenalty, -2, 2).ifPresent(mistakes::add);
    check("frequency_penalty", frequencyPenalty, -2, 2).ifPresent(mistakes::add);
    check("no_repeat_ngram", noRepeatNgram, 0, 1000).ifPresent(mistakes::add);
    check("logprobs", logprobs, 0, 20).ifPresent(mistakes::add);
    check("number of stop strings", stop.size(), 0, 16).ifPresent(mistakes::add);
    if (stop.stream().anyMatch(String::isEmpty)) {
      mistakes.add("a stop string is empty");
    }
    logitBias.forEach(
        (token, bias) -> check("logit_bias of " + token, bias, -100, 100).ifPresent(mistakes::add));
    return mistakes;
  }

  /** These settings, or a usage problem that names every field out of range. */
  public GenerationSettings checked() {
    List<String> mistakes = mistakes();
    if (mistakes.isEmpty()) {
      return this;
    }
    throw Problem.usage(String.join("; ", mistakes));
  }

  private static Optional<String> check(String field, double value, double min, double max) {
    // written so that NaN fails too
    if (value >= min && value <= max) {
      return Optional.empty();
    }
    return Optional.of(
        "'%s' is %s, not between %s and %s".formatted(field, plain(value), plain(min), plain(max)));
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  public GenerationSettings withMaxTokens(int value) {
    return copy(value, temperature, topK, topP, minP, seed, stop);
  }

  public GenerationSettings withTemperature(double value) {
    return copy(maxTokens, value, topK, topP, minP, seed, stop);
  }

  public GenerationSettings withTopK(int value) {
    return copy(maxTokens, temperature, value, topP, minP, seed, stop);
  }

  public GenerationSettings withTopP(double value) {
    return copy(maxTokens, temperature, topK, value, minP, seed, stop);
  }

  public GenerationSettings withMinP(double value) {
    return copy(maxTokens, temperature, topK, topP, value, seed, stop);
  }

  public GenerationSettings withSeed(long value) {
    return copy(maxTokens, temperature, topK, topP, minP, OptionalLong.of(value), stop);
  }

  public GenerationSettings withStop(List<String> value) {
    return copy(maxTokens, temperature, topK, topP, minP, seed, value);
  }

  /** The same choice with other penalties; 1 and 0 switch them off. */
  public GenerationSettings withPenalties(
      double repetition, double presence, double frequency, int ngram) {
    return new GenerationSettings(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetition,
        presence,
        frequency,
        ngram,
        seed,
        stop,
        logitBias,
        logprobs);
  }

  public GenerationSettings withLogitBias(Map<Integer, Double> bias) {
    return new GenerationSettings(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        noRepeatNgram,
        seed,
        stop,
        bias,
        logprobs);
  }

  public GenerationSettings withLogprobs(int value) {
    return new GenerationSettings(
        maxTokens,
        temperature,
        topK,
        topP,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        noRepeatNgram,
        seed,
        stop,
        logitBias,
        value);
  }

  private GenerationSettings copy(
      int newMaxTokens,
      double newTemperature,
      int newTopK,
      double newTopP,
      double newMinP,
      OptionalLong newSeed,
      List<String> newStop) {
    return new GenerationSettings(
        newMaxTokens,
        newTemperature,
        newTopK,
        newTopP,
        newMinP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        noRepeatNgram,
        newSeed,
        newStop,
        logitBias,
        logprobs);
  }
}
