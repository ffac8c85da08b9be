package dev.slm.base;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds the known names that a mistyped one most likely meant. */
public final class Nearest {
  private static final int MOST = 3;

  private Nearest() {}

  /** The problem of an unknown name, with up to three known ones that are near to it. */
  public static Problem unknown(String kind, String name, Collection<String> known, String next) {
    Problem problem = Problem.usage("no " + kind + " named '" + name + "'");
    List<String> near = to(name, known);
    if (!near.isEmpty()) {
      problem = problem.why("did you mean: " + String.join(", ", near));
    }
    return problem.next(next);
  }

  /**
   * Up to three names, best first: those that contain what was typed, then those few edits away.
   */
  public static List<String> to(String name, Collection<String> known) {
    String typed = name.toLowerCase(Locale.ROOT);
    return known.stream()
        .distinct()
        .filter(candidate -> distance(typed, candidate) <= tolerance(typed))
        .sorted(
            Comparator.comparingInt((String candidate) -> distance(typed, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .limit(MOST)
        .toList();
  }

  private static int tolerance(String typed) {
    return Math.max(2, typed.length() / 3);
  }

  private static int distance(String typed, String candidate) {
    String name = candidate.toLowerCase(Locale.ROOT);
    if (typed.length() >= 2 && name.startsWith(typed)) {
      return 0;
    }
    if (typed.length() >= 3 && name.contains(typed)) {
      return 1;
    }
    int[] edits = edits(typed, name);
    int whole = edits[name.length()];
    // the beginning of a long name, with a slip in it
    return typed.length() < 4 ? whole : Math.min(whole, 1 + Arrays.stream(edits).min().orElse(0));
  }

  /**
   * Optimal string alignment distance: insert, delete, replace, or swap two neighbours. One number
   * for each beginning of {@code b}, the empty one first.
   */
  private static int[] edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      cost[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      cost[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1);
        best = Math.min(best, cost[i - 1][j - 1] + change);
        if (isSwap(a, i, b, j)) {
          best = Math.min(best, cost[i - 2][j - 2] + 1);
        }
        cost[i][j] = best;
      }
    }
    return cost[a.length()];
  }

  private static boolean isSwap(String a, int i, String b, int j) {
    return i > 1
        && j > 1
        && a.charAt(i - 1) == b.charAt(j - 2)
        && a.charAt(i - 2) == b.charAt(j - 1);
  }
}
