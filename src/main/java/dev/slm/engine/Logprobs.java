package dev.slm.engine;

import java.util.List;

/**
 * Natural logarithms of probabilities, before temperature and filters: the token's own, and the
 * most likely ones.
 */
public record Logprobs(double chosen, List<Alternative> top) {
  /** One of the most likely tokens. */
  public record Alternative(int token, double logprob) {}

  public Logprobs {
    top = List.copyOf(top);
  }
}
