package dev.slm.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which columns of a table are shown, and how wide. The first names the row and numbers must be
 * whole, so text gives way first, then columns that may be left out, then those on the right.
 *
 * @param shown the places of the columns that are shown
 * @param widths their widths
 */
record TableLayout(List<Integer> shown, List<Integer> widths) {
  static final String GAP = "  ";

  /** A column of text is never made narrower than this to fit the screen. */
  private static final int NARROWEST = 8;

  /** A column of sentences is never made narrower than this while others can give way. */
  private static final int WRAPPED = 30;

  /** What is known of a column. */
  record Column(
      int width, boolean isWhole, boolean isOptional, boolean isExtra, boolean isWrapped) {
    int least() {
      return isWhole ? width : Math.min(width, NARROWEST);
    }
  }

  static TableLayout fit(List<Column> columns, int screen) {
    List<Integer> shown = new ArrayList<>(IntStream.range(0, columns.size()).boxed().toList());
    for (int i = columns.size() - 1; i > 0 && width(columns, shown) > screen; i--) {
      if (columns.get(i).isExtra()) {
        shown.remove(Integer.valueOf(i));
      }
    }
    while (shown.size() > 1 && least(columns, shown) > screen) {
      shown.remove(Integer.valueOf(leastWanted(columns, shown)));
    }
    int[] widths = widths(columns, shown);
    for (int over = total(widths) - screen; over > 0; over--) {
      int giving = giving(columns, shown, widths);
      if (widths[giving] <= 1) {
        break;
      }
      widths[giving]--;
    }
    return new TableLayout(List.copyOf(shown), IntStream.of(widths).boxed().toList());
  }

  private static int[] widths(List<Column> columns, List<Integer> shown) {
    return shown.stream().mapToInt(i -> columns.get(i).width()).toArray();
  }

  private static int width(List<Column> columns, List<Integer> shown) {
    return total(widths(columns, shown));
  }

  private static int least(List<Column> columns, List<Integer> shown) {
    int[] widths = shown.stream().mapToInt(i -> columns.get(i).least()).toArray();
    widths[0] = columns.get(shown.getFirst()).width();
    return total(widths);
  }

  private static int leastWanted(List<Column> columns, List<Integer> shown) {
    for (int i = shown.size() - 1; i > 0; i--) {
      if (columns.get(shown.get(i)).isOptional()) {
        return shown.get(i);
      }
    }
    return shown.getLast();
  }

  /** The column that gives way: a wrapped one while it is roomy, then the widest text. */
  private static int giving(List<Column> columns, List<Integer> shown, int[] widths) {
    int last = widths.length - 1;
    if (columns.get(shown.get(last)).isWrapped() && widths[last] > WRAPPED) {
      return last;
    }
    int giving = -1;
    for (int i = 1; i < widths.length; i++) {
      Column column = columns.get(shown.get(i));
      boolean canGive = widths[i] > column.least();
      if (canGive && (giving < 0 || widths[i] >= widths[giving])) {
        giving = i;
      }
    }
    return Math.max(giving, 0);
  }

  private static int total(int[] widths) {
    return IntStream.of(widths).sum() + GAP.length() * (widths.length - 1);
  }
}
