package dev.slm.engine;

import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.Set;

/**
 * A model in memory. Safe to use from several threads; closing waits for running generations to end
 * after it has cancelled them.
 */
public interface LoadedModel extends AutoCloseable {
  /** The engine that loaded it. */
  String engine();

  int vocabularySize();

  /** Most tokens that a sequence can hold, prompt and answer together. */
  int contextLength();

  /** The ids that end an answer. */
  Set<Integer> stopTokens();

  /** Bytes of memory that the weights hold. */
  long weightBytes();

  /** Bytes of memory that the KV cache takes for one token of context. */
  long bytesPerToken();

  /** Threads that one generation uses. */
  int threads();

  /** Begins an empty sequence: the memory of one conversation or one request. */
  Sequence newSequence();

  /**
   * Continues a sequence from a file that {@link Sequence#save} wrote; refuses one that is damaged
   * or belongs to another model.
   */
  default Sequence restore(Path file) {
    throw Problem.failed("the engine '" + engine() + "' cannot restore '" + file + "'");
  }

  /**
   * Nobody waits any more: everything around the model is there, too. What makes later answers
   * faster begins now.
   */
  default void settle() {}

  /** Cancels what runs, waits for it, and gives the memory back; a second call does nothing. */
  @Override
  void close();
}
