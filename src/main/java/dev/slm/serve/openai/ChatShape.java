package dev.slm.serve.openai;

import dev.slm.session.Answer;
import dev.slm.session.TokenChoice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers of {@code /v1/chat/completions}.
 *
 * @param topLogprobs how many likely tokens are told, -1 for no probabilities
 */
record ChatShape(Envelope envelope, int topLogprobs) implements Shape {
  private static final String WHOLE = "chat.completion";
  private static final String PART = "chat.completion.chunk";

  @Override
  public Map<String, @Nullable Object> whole(Answer answer) {
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    message.put("role", "assistant");
    message.put("content", answer.text());
    message.put("refusal", null);
    if (!answer.reasoning().isEmpty()) {
      message.put("reasoning_content", answer.reasoning());
    }
    Map<String, @Nullable Object> choice = choice("message", message, answer.tokens());
    choice.put("finish_reason", Shape.finishReason(answer.reason()));
    return envelope.whole(WHOLE, choice, Shape.usage(answer.timings()));
  }

  @Override
  public List<Map<String, @Nullable Object>> opening() {
    Map<String, String> delta = new LinkedHashMap<>();
    delta.put("role", "assistant");
    delta.put("content", "");
    return List.of(part(delta, List.of(), null));
  }

  @Override
  public Map<String, @Nullable Object> piece(String text, List<TokenChoice> tokens) {
    return part(Map.of("content", text), tokens, null);
  }

  @Override
  public Map<String, @Nullable Object> reasoning(String text) {
    return part(Map.of("reasoning_content", text), List.of(), null);
  }

  @Override
  public Map<String, @Nullable Object> ending(Answer answer, List<TokenChoice> tokens) {
    return part(Map.of(), tokens, Shape.finishReason(answer.reason()));
  }

  @Override
  public Map<String, @Nullable Object> usageOnly(Answer answer) {
    return envelope.usageOnly(PART, Shape.usage(answer.timings()));
  }

  private Map<String, @Nullable Object> part(
      Map<String, ?> delta, List<TokenChoice> tokens, @Nullable String finishReason) {
    Map<String, @Nullable Object> choice = choice("delta", delta, tokens);
    choice.put("finish_reason", finishReason);
    return envelope.part(PART, choice);
  }

  private Map<String, @Nullable Object> choice(
      String content, Map<String, ?> value, List<TokenChoice> tokens) {
    Map<String, @Nullable Object> choice = new LinkedHashMap<>();
    choice.put("index", 0);
    choice.put(content, value);
    choice.put("logprobs", topLogprobs < 0 ? null : logprobs(tokens));
    return choice;
  }

  private Map<String, @Nullable Object> logprobs(List<TokenChoice> tokens) {
    List<Object> content = new ArrayList<>();
    for (TokenChoice token : tokens) {
      Map<String, Object> entry = entry(token.text(), token.logprob());
      entry.put(
          "top_logprobs",
          token.top().stream()
              .limit(topLogprobs)
              .map(other -> entry(other.text(), other.logprob()))
              .toList());
      content.add(entry);
    }
    Map<String, @Nullable Object> logprobs = new LinkedHashMap<>();
    logprobs.put("content", content);
    logprobs.put("refusal", null);
    return logprobs;
  }

  private static Map<String, Object> entry(String token, double logprob) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("token", token);
    // JSON has no infinity: what cannot happen gets OpenAI's own figure for it
    entry.put("logprob", Math.max(logprob, -9999));
    List<Integer> bytes = new ArrayList<>();
    for (byte one : token.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(one & 0xFF);
    }
    entry.put("bytes", bytes);
    return entry;
  }
}
