package dev.slm.engine;

import org.jspecify.annotations.Nullable;

/**
 * Decides which tokens may come next: the seam for grammars and JSON Schema. Asked once per token,
 * on the generating thread.
 */
public interface TokenMask {
  /** Allows every token. */
  TokenMask NONE =
      new TokenMask() {
        @Override
        public long @Nullable [] allowed() {
          return null;
        }

        @Override
        public void accept(int token) {}
      };

  /**
   * The tokens that may come next, bit {@code id % 64} of word {@code id / 64}; the array may be
   * reused between calls. Null allows all. Stop tokens must be allowed here too where the text may
   * end; when nothing is allowed the answer ends.
   */
  long @Nullable [] allowed();

  /** Learns which token was chosen. */
  void accept(int token);
}
