package dev.slm.engine.sampling;

/**
 * The highest-scored tokens of a row, found in one pass with a heap of as many places instead of a
 * sort of the vocabulary. Of equal scores the lower id wins. Reused between rows.
 */
final class TopTokens {
  private int[] tokens = new int[0];
  private float[] scores = new float[0];
  private int size;

  int size() {
    return size;
  }

  int token(int rank) {
    return tokens[rank];
  }

  float score(int rank) {
    return scores[rank];
  }

  /** Finds the {@code count} best of the row, best first; minus infinity never counts. */
  void select(float[] row, int count) {
    int places = Math.min(count, row.length);
    if (tokens.length < places) {
      tokens = new int[places];
      scores = new float[places];
    }
    size = 0;
    int token = 0;
    for (; token < row.length && size < places; token++) {
      if (row[token] > Float.NEGATIVE_INFINITY) {
        append(token, row[token]);
      }
    }
    if (size == places && places > 0) {
      scanRest(row, token);
    }
    sort();
  }

  private void scanRest(float[] row, int from) {
    float worst = scores[0];
    for (int token = from; token < row.length; token++) {
      if (row[token] > worst) {
        tokens[0] = token;
        scores[0] = row[token];
        sink(0, size);
        worst = scores[0];
      }
    }
  }

  private void append(int token, float score) {
    int place = size++;
    tokens[place] = token;
    scores[place] = score;
    while (place > 0 && worse(place, (place - 1) / 2)) {
      swap(place, (place - 1) / 2);
      place = (place - 1) / 2;
    }
  }

  /** Heap sort: the worst goes to the end again and again. */
  private void sort() {
    for (int last = size - 1; last > 0; last--) {
      swap(0, last);
      sink(0, last);
    }
  }

  private void sink(int from, int end) {
    int place = from;
    while (true) {
      int child = 2 * place + 1;
      if (child >= end) {
        return;
      }
      if (child + 1 < end && worse(child + 1, child)) {
        child++;
      }
      if (!worse(child, place)) {
        return;
      }
      swap(place, child);
      place = child;
    }
  }

  private boolean worse(int a, int b) {
    return scores[a] < scores[b] || (scores[a] == scores[b] && tokens[a] > tokens[b]);
  }

  private void swap(int a, int b) {
    int token = tokens[a];
    tokens[a] = tokens[b];
    tokens[b] = token;
    float score = scores[a];
    scores[a] = scores[b];
    scores[b] = score;
  }
}
