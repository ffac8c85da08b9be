package dev.slm.session;

import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.text.PromptOptions;
import java.util.List;

/** A conversation that waits for an answer, and how to answer. */
public record ChatRequest(
    List<Message> messages, GenerationSettings settings, PromptOptions options) {
  public ChatRequest {
    messages = List.copyOf(messages);
  }

  public static ChatRequest of(List<Message> messages, GenerationSettings settings) {
    return new ChatRequest(messages, settings, PromptOptions.ANSWER);
  }
}
