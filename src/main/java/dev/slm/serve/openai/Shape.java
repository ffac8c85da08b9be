package dev.slm.serve.openai;

import dev.slm.model.FinishReason;
import dev.slm.model.Timings;
import dev.slm.session.Answer;
import dev.slm.session.TokenChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of one answer: the same id, time and model in all of its parts. */
interface Shape {
  /** The whole answer. */
  Map<String, @Nullable Object> whole(Answer answer);

  /** The first part of a stream, if there is one before the text. */
  List<Map<String, @Nullable Object>> opening();

  /** A piece of text, with the tokens that came since the last piece when they are wanted. */
  Map<String, @Nullable Object> piece(String text, List<TokenChoice> tokens);

  /** A piece of what the model thinks before it answers. */
  Map<String, @Nullable Object> reasoning(String text);

  /** The part that says why the answer ended. */
  Map<String, @Nullable Object> ending(Answer answer, List<TokenChoice> tokens);

  /** The part behind the ending that only has the number of tokens. */
  Map<String, @Nullable Object> usageOnly(Answer answer);

  static String finishReason(FinishReason reason) {
    return switch (reason) {
      case STOP, CANCELLED -> "stop";
      case LENGTH, CONTEXT -> "length";
    };
  }

  static Map<String, Object> usage(Timings timings) {
    Map<String, Object> usage = new LinkedHashMap<>();
    usage.put("prompt_tokens", timings.promptTokens());
    usage.put("completion_tokens", timings.answerTokens());
    usage.put("total_tokens", timings.promptTokens() + timings.answerTokens());
    usage.put("prompt_tokens_details", Map.of("cached_tokens", timings.cachedTokens()));
    return usage;
  }
}
