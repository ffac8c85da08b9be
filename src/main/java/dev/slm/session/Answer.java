package dev.slm.session;

import dev.slm.model.FinishReason;
import dev.slm.model.Timings;
import java.util.List;
import java.util.Optional;

/**
 * What a model said, why it ended and what it cost.
 *
 * @param reasoning what the model thought before it answered, often empty
 * @param stopString the stop string that ended the answer; it is not part of the text
 * @param tokens empty unless the settings asked for probabilities
 */
public record Answer(
    String text,
    String reasoning,
    FinishReason reason,
    Optional<String> stopString,
    Timings timings,
    List<TokenChoice> tokens) {
  public Answer {
    tokens = List.copyOf(tokens);
  }
}
