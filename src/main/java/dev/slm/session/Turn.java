package dev.slm.session;

import dev.slm.model.FinishReason;

/** A question and what the model said to it. */
public record Turn(String question, String answer, String reasoning, FinishReason reason) {
  public static Turn of(String question, Answer answer) {
    return new Turn(question, answer.text(), answer.reasoning(), answer.reason());
  }
}
