package dev.slm.serve.openai;

import dev.slm.model.GenerationSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** The part of a request that says how tokens are chosen, the same for chat and completions. */
final class Sampling {
  private static final int MOST_STOPS = 16;
  private static final int LONGEST_STOP = 1_000;
  private static final int MOST_BIASES = 1_024;
  private static final int MOST_TOKENS = 1_000_000;

  private final Fields fields;
  private final List<UnaryOperator<GenerationSettings>> changes = new ArrayList<>();

  private Sampling(Fields fields) {
    this.fields = fields;
  }

  /**
   * Reads the fields; what is wrong with them is collected there.
   *
   * @return what the request changes of a model's own settings
   */
  static UnaryOperator<GenerationSettings> read(Fields fields) {
    Sampling sampling = new Sampling(fields);
    sampling.numbers();
    sampling.penalties();
    sampling.seed();
    sampling.stop();
    sampling.logitBias();
    return sampling::apply;
  }

  private GenerationSettings apply(GenerationSettings own) {
    GenerationSettings settings = own;
    for (UnaryOperator<GenerationSettings> change : changes) {
      settings = change.apply(settings);
    }
    return settings;
  }

  private void numbers() {
    OptionalLong old = fields.whole("max_tokens", 1, MOST_TOKENS);
    OptionalLong most = fields.whole("max_completion_tokens", 1, MOST_TOKENS);
    if (old.isPresent() && most.isPresent() && old.getAsLong() != most.getAsLong()) {
      fields.wrong("max_tokens", "differs from 'max_completion_tokens'; give one of them");
    }
    (most.isPresent() ? most : old)
        .ifPresent(value -> changes.add(s -> s.withMaxTokens((int) value)));
    fields
        .number("temperature", 0, 2)
        .ifPresent(value -> changes.add(s -> s.withTemperature(value)));
    fields.number("top_p", 0, 1).ifPresent(value -> changes.add(s -> s.withTopP(value)));
    fields.number("min_p", 0, 1).ifPresent(value -> changes.add(s -> s.withMinP(value)));
    fields
        .whole("top_k", 0, MOST_TOKENS)
        .ifPresent(value -> changes.add(s -> s.withTopK((int) value)));
  }

  private void penalties() {
    fields
        .number("repetition_penalty", 0.01, 10)
        .ifPresent(
            value ->
                changes.add(
                    s ->
                        s.withPenalties(
                            value, s.presencePenalty(), s.frequencyPenalty(), s.noRepeatNgram())));
    fields
        .number("presence_penalty", -2, 2)
        .ifPresent(
            value ->
                changes.add(
                    s ->
                        s.withPenalties(
                            s.repetitionPenalty(),
                            value,
                            s.frequencyPenalty(),
                            s.noRepeatNgram())));
    fields
        .number("frequency_penalty", -2, 2)
        .ifPresent(
            value ->
                changes.add(
                    s ->
                        s.withPenalties(
                            s.repetitionPenalty(), s.presencePenalty(), value, s.noRepeatNgram())));
  }

  private void seed() {
    OptionalLong foundry = fields.whole("random_seed", Long.MIN_VALUE, Long.MAX_VALUE);
    OptionalLong seed = fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    (seed.isPresent() ? seed : foundry).ifPresent(value -> changes.add(s -> s.withSeed(value)));
  }

  private void stop() {
    Optional<JsonNode> stop = fields.any("stop");
    if (stop.isEmpty()) {
      return;
    }
    List<String> strings = new ArrayList<>();
    JsonNode node = stop.get();
    if (node.isString()) {
      strings.add(node.asString());
    } else if (node.isArray() && node.size() <= MOST_STOPS && allText(node)) {
      node.forEach(one -> strings.add(one.asString()));
    } else {
      fields.wrong("stop", "is not a text or a list of up to " + MOST_STOPS + " texts");
      return;
    }
    if (strings.stream().anyMatch(s -> s.isEmpty() || s.length() > LONGEST_STOP)) {
      fields.wrong("stop", "has a text that is empty or longer than " + LONGEST_STOP);
      return;
    }
    changes.add(s -> s.withStop(strings));
  }

  private static boolean allText(JsonNode list) {
    return list.valueStream().allMatch(JsonNode::isString);
  }

  private void logitBias() {
    Optional<JsonNode> bias = fields.any("logit_bias");
    if (bias.isEmpty()) {
      return;
    }
    if (!bias.get().isObject() || bias.get().size() > MOST_BIASES) {
      fields.wrong("logit_bias", "is not an object of up to " + MOST_BIASES + " token ids");
      return;
    }
    Map<Integer, Double> biases = new LinkedHashMap<>();
    Fields inside = fields.inside("logit_bias", bias.get());
    for (String token : bias.get().propertyNames()) {
      if (!token.matches("[0-9]{1,9}")) {
        inside.wrong(Fields.shorten(token), "is not a token id");
        continue;
      }
      inside
          .number(token, -100, 100)
          .ifPresent(value -> biases.put(Integer.parseInt(token), value));
    }
    changes.add(s -> s.withLogitBias(biases));
  }
}
