package dev.slm.prepare;

import java.util.Arrays;

/** A passage as a model sees it: its tokens, of which those from one on are predicted and count. */
public final class Sample {
  private final int[] ids;
  private final int first;

  /**
   * @param first index of the first token that counts
   */
  Sample(int[] ids, int first) {
    this.ids = ids.clone();
    this.first = Math.max(1, first); // nothing predicts the first token
  }

  int[] ids() {
    return ids.clone();
  }

  int id(int index) {
    return ids[index];
  }

  int length() {
    return ids.length;
  }

  /** How many predictions count. */
  int counted() {
    return Math.max(0, ids.length - first);
  }

  /** Whether what is predicted behind a position counts. */
  boolean counts(int position) {
    return position + 1 >= first && position + 1 < ids.length;
  }

  /** The number of a prediction that counts. */
  int row(int position) {
    return position + 1 - first;
  }

  /** The beginning, so that no more tokens are run and no more of them count than wanted. */
  Sample limited(int mostTokens, int mostCounted) {
    int length = Math.min(ids.length, Math.min(mostTokens, first + mostCounted));
    return length == ids.length ? this : new Sample(Arrays.copyOf(ids, length), first);
  }
}
