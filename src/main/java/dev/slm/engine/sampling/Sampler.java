package dev.slm.engine.sampling;

import dev.slm.base.Problem;
import dev.slm.engine.Logprobs;
import dev.slm.model.GenerationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Chooses an answer's tokens. The order is: logprobs of what the model said, bias and penalties,
 * the mask, temperature, top_k, top_p, min_p, the draw. At temperature 0 the highest logit wins,
 * the lower id of two equal ones. Keeps its arrays, so that a token costs no garbage that grows
 * with the vocabulary.
 */
public final class Sampler {
  /** What nothing can be: returned when no token is allowed. */
  public static final int NONE = -1;

  /** First guess of how many tokens top_p needs; four times as many until it is enough. */
  private static final int NUCLEUS_GUESS = 64;

  private final GenerationSettings settings;
  private final int vocabulary;
  private final @Nullable History history;
  private final int[] biased;
  private final float[] biases;
  private final Random64 random;
  private final TopTokens top = new TopTokens();
  private final TopTokens likely = new TopTokens();
  private double[] weights = new double[0];
  private float[] original = new float[0];

  public Sampler(GenerationSettings settings, int[] prompt, int vocabulary) {
    this.settings = settings.checked();
    this.vocabulary = vocabulary;
    this.history = needsHistory(settings) ? new History(prompt, vocabulary) : null;
    this.biased = settings.logitBias().keySet().stream().mapToInt(Integer::intValue).toArray();
    this.biases = new float[biased.length];
    for (int i = 0; i < biased.length; i++) {
      if (biased[i] < 0 || biased[i] >= vocabulary) {
        throw Problem.usage("'logit_bias' names the token " + biased[i])
            .why("the model's tokens are 0 to " + (vocabulary - 1));
      }
      biases[i] = settings.logitBias().getOrDefault(biased[i], 0.0).floatValue();
    }
    long seed = settings.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong());
    this.random = new Random64(seed);
  }

  /**
   * Chooses from a row of logits, which it changes.
   *
   * @param allowed bits of the tokens that may come, null for all
   * @return the token, or {@link #NONE} when none is allowed
   */
  public int choose(float[] logits, long @Nullable [] allowed) {
    if (logits.length != vocabulary) {
      throw new IllegalArgumentException(
          "row of " + logits.length + " logits, vocabulary of " + vocabulary);
    }
    rememberOriginal(logits);
    adjust(logits);
    if (allowed != null) {
      restrict(logits, allowed);
    }
    return settings.isGreedy() || settings.topK() == 1 ? best(logits) : draw(logits);
  }

  /** Notes a token that was chosen, for penalties. */
  public void accept(int token) {
    if (history != null) {
      history.add(token);
    }
  }

  /** The logprobs of a token in the row of the last {@link #choose}; null when not asked for. */
  public @Nullable Logprobs logprobs(int token) {
    if (settings.logprobs() == 0) {
      return null;
    }
    likely.select(original, settings.logprobs());
    double total = logSumExp(original);
    List<Logprobs.Alternative> alternatives = new ArrayList<>(likely.size());
    for (int i = 0; i < likely.size(); i++) {
      alternatives.add(new Logprobs.Alternative(likely.token(i), likely.score(i) - total));
    }
    return new Logprobs(original[token] - total, alternatives);
  }

  /** The natural logarithm of the sum of the exponentials of a row. */
  public static double logSumExp(float[] logits) {
    float max = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return max + Math.log(sum);
  }

  private static boolean needsHistory(GenerationSettings settings) {
    return settings.repetitionPenalty() != 1
        || settings.presencePenalty() != 0
        || settings.frequencyPenalty() != 0
        || settings.noRepeatNgram() > 0;
  }

  private void rememberOriginal(float[] logits) {
    if (settings.logprobs() > 0) {
      if (original.length == 0) {
        original = new float[vocabulary];
      }
      System.arraycopy(logits, 0, original, 0, vocabulary);
    }
  }

  private void adjust(float[] logits) {
    if (history != null) {
      if (settings.repetitionPenalty() != 1) {
        history.penalizeRepetition(logits, (float) settings.repetitionPenalty());
      }
      history.penalizeAnswer(
          logits, (float) settings.presencePenalty(), (float) settings.frequencyPenalty());
      if (settings.noRepeatNgram() > 0) {
        history.forbidRepeatedRuns(logits, settings.noRepeatNgram());
      }
    }
    for (int i = 0; i < biased.length; i++) {
      logits[biased[i]] += biases[i];
    }
  }

  private static void restrict(float[] logits, long[] allowed) {
    for (int word = 0; word * 64 < logits.length; word++) {
      long bits = word < allowed.length ? allowed[word] : 0;
      if (bits == -1L) {
        continue;
      }
      int end = Math.min(64, logits.length - word * 64);
      for (int bit = 0; bit < end; bit++) {
        if ((bits >>> bit & 1) == 0) {
          logits[word * 64 + bit] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  private static int best(float[] logits) {
    int best = NONE;
    float highest = Float.NEGATIVE_INFINITY;
    for (int token = 0; token < logits.length; token++) {
      if (logits[token] > highest) {
        highest = logits[token];
        best = token;
      }
    }
    return best;
  }

  private int draw(float[] logits) {
    boolean filtersByRank = settings.topK() > 0 || settings.topP() < 1;
    int count = filtersByRank ? selectNucleus(logits) : selectByFloor(logits);
    if (count == 0) {
      return NONE;
    }
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += weights[i];
    }
    double left = random.next() * total;
    for (int i = 0; i < count - 1; i++) {
      left -= weights[i];
      if (left < 0) {
        return filtersByRank ? top.token(i) : i;
      }
    }
    return filtersByRank ? top.token(count - 1) : lastPossible(count);
  }

  /** Ranks the best tokens, weighs them, and returns how many pass top_k, top_p and min_p. */
  private int selectNucleus(float[] logits) {
    int limit = settings.topK() > 0 ? Math.min(settings.topK(), vocabulary) : vocabulary;
    int guess = settings.topK() > 0 ? limit : Math.min(NUCLEUS_GUESS, limit);
    top.select(logits, guess);
    if (top.size() == 0) {
      return 0;
    }
    double total = settings.topK() > 0 ? weighTop() : totalWeight(logits, top.score(0));
    double wanted = settings.topP() * total;
    while (true) {
      weighTop();
      int count = nucleus(wanted);
      if (count < top.size() || top.size() < guess || guess == limit) {
        return floor(count);
      }
      guess = (int) Math.min(4L * guess, limit);
      top.select(logits, guess);
    }
  }

  /** Fills the weights of the ranked tokens and returns their sum. */
  private double weighTop() {
    ensureWeights(top.size());
    double total = 0;
    for (int i = 0; i < top.size(); i++) {
      weights[i] = Math.exp((top.score(i) - top.score(0)) / settings.temperature());
      total += weights[i];
    }
    return total;
  }

  private double totalWeight(float[] logits, float max) {
    double total = 0;
    for (float logit : logits) {
      total += Math.exp((logit - max) / settings.temperature());
    }
    return total;
  }

  /** The fewest of the ranked tokens whose weights reach what is wanted; at least one. */
  private int nucleus(double wanted) {
    double sum = 0;
    for (int i = 0; i < top.size(); i++) {
      sum += weights[i];
      if (sum >= wanted) {
        return i + 1;
      }
    }
    return top.size();
  }

  private int floor(int count) {
    int kept = count;
    while (kept > 1 && weights[kept - 1] < settings.minP() * weights[0]) {
      kept--;
    }
    return kept;
  }

  /** Weighs every token by its id; those below min_p get nothing. */
  private int selectByFloor(float[] logits) {
    int best = best(logits);
    if (best == NONE) {
      return 0;
    }
    ensureWeights(vocabulary);
    for (int token = 0; token < vocabulary; token++) {
      double weight = Math.exp((logits[token] - logits[best]) / settings.temperature());
      weights[token] = weight < settings.minP() ? 0 : weight;
    }
    return vocabulary;
  }

  private int lastPossible(int count) {
    int token = count - 1;
    while (weights[token] == 0) {
      token--;
    }
    return token;
  }

  private void ensureWeights(int size) {
    if (weights.length < size) {
      weights = new double[size];
    }
  }
}
