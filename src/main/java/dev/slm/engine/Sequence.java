package dev.slm.engine;

import dev.slm.base.Progress;
import dev.slm.model.GenerationSettings;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** The KV cache of one conversation. Used by one thread at a time. */
public interface Sequence extends AutoCloseable {
  /**
   * Answers to the whole prompt. What the cache already holds of it (the longest common beginning)
   * is not computed again; what differs is dropped first. Returns when the answer ended for one of
   * the reasons of {@link dev.slm.model.FinishReason}.
   *
   * @param progress told of prompt tokens as they are computed; its cancellation ends the
   *     generation within a prefill chunk
   */
  Generation generate(int[] prompt, GenerationSettings settings, Tokens tokens, Progress progress);

  /**
   * Computes the logits that follow each position of the ids, for perplexity and comparisons; the
   * row given to the consumer is reused between calls.
   */
  void score(int[] ids, LogitsRow consumer, Progress progress);

  /** Tokens in the cache. */
  int length();

  @Override
  void close();

  /** Receives an answer's tokens as they are chosen. */
  interface Tokens {
    /**
     * Takes the next token, which is never a stop token.
     *
     * @param logprobs null unless the settings ask for them
     * @return false to end the answer here
     */
    boolean accept(int token, @Nullable Logprobs logprobs);

    static Tokens of(IntConsumer consumer) {
      return (token, _) -> {
        consumer.accept(token);
        return true;
      };
    }
  }

  /** Receives the logits that follow one position. */
  interface LogitsRow {
    void accept(int position, float[] logits);
  }
}
