package dev.slm.prepare;

import java.util.Arrays;

/**
 * How far one model's predictions are from another's, position by position. The Kullback-Leibler
 * divergence of a position is the information that is lost when the second model's probabilities
 * stand for the first's, in nats.
 */
final class Divergence {
  private double[] losses = new double[256];
  private int count;
  private int agreed;
  private double reference;
  private double candidate;

  /** Adds a position: what both models predict, and the token that really follows. */
  void add(float[] expected, float[] found, int next) {
    int best = 0;
    int foundBest = 0;
    for (int i = 1; i < expected.length; i++) {
      best = expected[i] > expected[best] ? i : best;
      foundBest = found[i] > found[foundBest] ? i : foundBest;
    }
    double expectedSum = logSum(expected, expected[best]);
    double foundSum = logSum(found, found[foundBest]);
    double lost = 0;
    for (int i = 0; i < expected.length; i++) {
      double logExpected = expected[i] - expectedSum;
      lost += Math.exp(logExpected) * (logExpected - (found[i] - foundSum));
    }
    append(Math.max(0, lost));
    agreed += best == foundBest ? 1 : 0;
    reference += expectedSum - expected[next];
    candidate += foundSum - found[next];
  }

  /** Adds a position of one model that is compared with none. */
  void addAlone(float[] found, int next) {
    float best = found[0];
    for (float logit : found) {
      best = Math.max(best, logit);
    }
    append(0);
    candidate += logSum(found, best) - found[next];
  }

  private static double logSum(float[] logits, float largest) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return largest + Math.log(sum);
  }

  private void append(double lost) {
    if (count == losses.length) {
      losses = Arrays.copyOf(losses, count * 2);
    }
    losses[count++] = lost;
  }

  /** Positions so far. */
  int count() {
    return count;
  }

  double mean() {
    return Arrays.stream(losses, 0, count).average().orElse(0);
  }

  /** The loss that 99 of 100 positions stay below. */
  double p99() {
    if (count == 0) {
      return 0;
    }
    double[] sorted = Arrays.copyOf(losses, count);
    Arrays.sort(sorted);
    return sorted[Math.min(count - 1, (int) Math.ceil(count * 0.99) - 1)];
  }

  /** The share of positions at which both hold the same token for the likeliest. */
  double agreement() {
    return count == 0 ? 1 : (double) agreed / count;
  }

  double referencePerplexity() {
    return count == 0 ? 1 : Math.exp(reference / count);
  }

  double perplexity() {
    return count == 0 ? 1 : Math.exp(candidate / count);
  }
}
