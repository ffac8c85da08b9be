package dev.slm.engine;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.GenerationSettings;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache of one conversation. Used by one thread at a time, except {@link #close}, which may
 * come at any time from any thread: it cancels a running generation and waits for its end.
 */
public interface Sequence extends AutoCloseable {
  /**
   * Answers to the whole prompt. What the cache already holds of it (the longest common beginning)
   * is not computed again; what differs is dropped first. Returns when the answer ended for one of
   * the reasons of {@link dev.slm.model.FinishReason}; closing the model meanwhile ends it as
   * cancelled. A prompt that does not fit the context, or holds an unknown id, is a problem before
   * anything is computed.
   *
   * @param progress told of prompt tokens as they are computed; its cancellation, or an interrupt
   *     of the calling thread, ends the generation within half a second
   */
  default Generation generate(
      int[] prompt, GenerationSettings settings, Tokens tokens, Progress progress) {
    return generate(prompt, settings, TokenMask.NONE, tokens, progress);
  }

  /** Answers to the whole prompt with tokens that the mask allows. */
  Generation generate(
      int[] prompt, GenerationSettings settings, TokenMask mask, Tokens tokens, Progress progress);

  /**
   * Computes the logits that follow each position of the ids, for perplexity and comparisons; the
   * row given to the consumer is reused between calls. Replaces what the cache holds.
   */
  void score(int[] ids, LogitsRow consumer, Progress progress);

  /** Tokens in the cache. */
  int length();

  /** Bytes of memory that the cache holds now; it grows by steps with the conversation. */
  long memory();

  /** Keeps the cache in a file, so that a saved conversation continues without computing again. */
  default void save(Path file) {
    throw Problem.failed("this engine cannot save a conversation's cache to '" + file + "'");
  }

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
