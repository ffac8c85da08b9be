package dev.slm.serve.openai;

import dev.slm.session.Answer;
import dev.slm.session.TokenChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers of {@code /v1/completions}, parts of which look like the whole.
 *
 * @param logprobs how many likely tokens are told, -1 for no probabilities
 */
record CompletionShape(Envelope envelope, int logprobs) implements Shape {
  private static final String OBJECT = "text_completion";

  @Override
  public Map<String, @Nullable Object> whole(Answer answer) {
    String reason = Shape.finishReason(answer.reason());
    return envelope.whole(
        OBJECT, choice(answer.text(), answer.tokens(), reason), Shape.usage(answer.timings()));
  }

  @Override
  public List<Map<String, @Nullable Object>> opening() {
    return List.of();
  }

  @Override
  public Map<String, @Nullable Object> piece(String text, List<TokenChoice> tokens) {
    return envelope.part(OBJECT, choice(text, tokens, null));
  }

  @Override
  public Map<String, @Nullable Object> reasoning(String text) {
    return piece(text, List.of());
  }

  @Override
  public Map<String, @Nullable Object> ending(Answer answer, List<TokenChoice> tokens) {
    return envelope.part(OBJECT, choice("", tokens, Shape.finishReason(answer.reason())));
  }

  @Override
  public Map<String, @Nullable Object> usageOnly(Answer answer) {
    return envelope.usageOnly(OBJECT, Shape.usage(answer.timings()));
  }

  private Map<String, @Nullable Object> choice(
      String text, List<TokenChoice> tokens, @Nullable String finishReason) {
    Map<String, @Nullable Object> choice = new LinkedHashMap<>();
    choice.put("index", 0);
    choice.put("text", text);
    choice.put("logprobs", logprobs < 0 ? null : logprobs(tokens));
    choice.put("finish_reason", finishReason);
    return choice;
  }

  private Map<String, Object> logprobs(List<TokenChoice> tokens) {
    List<Integer> offsets = new ArrayList<>();
    int offset = 0;
    for (TokenChoice token : tokens) {
      offsets.add(offset);
      offset += token.text().length();
    }
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("tokens", tokens.stream().map(TokenChoice::text).toList());
    value.put("token_logprobs", tokens.stream().map(t -> Math.max(t.logprob(), -9999)).toList());
    value.put("top_logprobs", tokens.stream().map(this::top).toList());
    value.put("text_offset", offsets);
    return value;
  }

  private Map<String, Double> top(TokenChoice token) {
    Map<String, Double> top = new LinkedHashMap<>();
    token.top().stream()
        .limit(logprobs)
        .forEach(other -> top.putIfAbsent(other.text(), Math.max(other.logprob(), -9999)));
    return top;
  }
}
