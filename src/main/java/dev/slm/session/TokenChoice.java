package dev.slm.session;

import java.util.List;

/**
 * A token that was chosen, with the natural logarithm of its probability.
 *
 * @param top the most likely tokens, best first
 */
public record TokenChoice(int id, String text, double logprob, List<Alternative> top) {
  /** A token that could have been chosen. */
  public record Alternative(int id, String text, double logprob) {}

  public TokenChoice {
    top = List.copyOf(top);
  }
}
