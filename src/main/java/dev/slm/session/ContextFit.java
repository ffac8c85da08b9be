package dev.slm.session;

import dev.slm.base.Problem;
import dev.slm.model.Message;
import dev.slm.text.PromptOptions;
import java.util.List;

/**
 * A conversation as it fits into a model's context with room for an answer.
 *
 * @param forgotten turns that had to be left out now
 * @param promptTokens tokens of the messages
 */
record ContextFit(List<Message> messages, int forgotten, int promptTokens) {
  /** Once turns must go, so many go that the next ones do not have to: each costs a full prompt. */
  private static final double FULL_AGAIN = 0.6;

  /** Part of the context that is left for the answer when it may be longer. */
  private static final int ANSWER_PART = 4;

  static ContextFit of(
      ChatModel model,
      Conversation conversation,
      String question,
      int maxTokens,
      PromptOptions options) {
    int length = model.contextLength();
    int most = length - Math.min(maxTokens, length / ANSWER_PART);
    int before = conversation.forgotten();
    int from = before;
    List<Message> messages = conversation.messages(question, from);
    int tokens = model.prompt(messages, options).ids().length;
    if (tokens > most) {
      int turns = conversation.turns().size();
      while (from < turns && tokens > most * FULL_AGAIN) {
        messages = conversation.messages(question, ++from);
        tokens = model.prompt(messages, options).ids().length;
      }
      if (tokens >= length) {
        throw tooLong(model, tokens);
      }
      conversation.forgetUpTo(from);
    }
    return new ContextFit(messages, from - before, tokens);
  }

  private static Problem tooLong(ChatModel model, int tokens) {
    return Problem.usage(
            "the question has %,d tokens with what belongs to it, the context of '%s' %,d"
                .formatted(tokens, model.name(), model.contextLength()))
        .next("shorten it or take a model with a longer context");
  }
}
