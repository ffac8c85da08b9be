package dev.slm.session;

/** Receives an answer as it comes; called by the thread that asked. */
public interface AnswerListener {
  /** Neither shows nor keeps anything. */
  AnswerListener NONE = _ -> {};

  /** The next piece of the answer, never half a character. */
  void text(String piece);

  /** The next piece of the model's reasoning. */
  default void reasoning(String piece) {}

  /** The next token, when the settings ask for probabilities; before the text it completes. */
  default void token(TokenChoice choice) {}
}
