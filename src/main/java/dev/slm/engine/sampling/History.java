package dev.slm.engine.sampling;

import java.util.Arrays;

/** What was said so far, as penalties need it: prompt and answer in order, and counts. */
final class History {
  private int[] tokens;
  private int length;
  private final int promptLength;
  private final boolean[] seen;
  private final int[] distinct;
  private int distinctCount;
  private final int[] answerCounts;

  History(int[] prompt, int vocabulary) {
    tokens = Arrays.copyOf(prompt, prompt.length + 256);
    promptLength = prompt.length;
    seen = new boolean[vocabulary];
    distinct = new int[vocabulary];
    answerCounts = new int[vocabulary];
    for (int token : prompt) {
      note(token);
    }
    length = prompt.length;
  }

  void add(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, length * 2);
    }
    tokens[length++] = token;
    note(token);
    answerCounts[token]++;
  }

  private void note(int token) {
    if (!seen[token]) {
      seen[token] = true;
      distinct[distinctCount++] = token;
    }
  }

  /**
   * Divides (or, below zero, multiplies) the logits of all tokens seen, prompt included, as in the
   * CTRL paper (Keskar 2019, section 4.1).
   */
  void penalizeRepetition(float[] logits, float penalty) {
    for (int i = 0; i < distinctCount; i++) {
      int token = distinct[i];
      logits[token] = logits[token] > 0 ? logits[token] / penalty : logits[token] * penalty;
    }
  }

  /** Lowers the logits of the answer's tokens, once and per occurrence, as the OpenAI API does. */
  void penalizeAnswer(float[] logits, float presence, float frequency) {
    for (int i = promptLength; i < length; i++) {
      // per occurrence in the text; presence counts at the first one only
      logits[tokens[i]] -= frequency;
    }
    for (int i = 0; i < distinctCount; i++) {
      if (answerCounts[distinct[i]] > 0) {
        logits[distinct[i]] -= presence;
      }
    }
  }

  /** Forbids tokens that would repeat a run of {@code size} tokens that was said before. */
  void forbidRepeatedRuns(float[] logits, int size) {
    int suffix = length - (size - 1);
    if (suffix < 0) {
      return;
    }
    for (int start = 0; start + size - 1 < length; start++) {
      if (equalRuns(start, suffix, size - 1)) {
        logits[tokens[start + size - 1]] = Float.NEGATIVE_INFINITY;
      }
    }
  }

  private boolean equalRuns(int a, int b, int size) {
    return Arrays.equals(tokens, a, a + size, tokens, b, b + size);
  }
}
