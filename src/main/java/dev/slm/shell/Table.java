package dev.slm.shell;

import dev.slm.base.SafeText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under headings, aligned by the columns that letters really take. */
public final class Table {
  private static final String GAP = "  ";

  /** A column is never made narrower than this to fit the screen. */
  private static final int NARROWEST = 8;

  /** A column of sentences is never made narrower than this while others can give way. */
  private static final int WRAPPED = 30;

  private final List<String> headings;
  private final boolean[] isRight;
  private final List<List<Text>> rows = new ArrayList<>();
  private boolean wrapsLast;

  private Table(List<String> headings, boolean[] isRight) {
    this.headings = headings;
    this.isRight = isRight;
  }

  /** Headings; one that begins with {@code >} aligns its column to the right, as numbers want. */
  public static Table of(String... headings) {
    boolean[] isRight = new boolean[headings.length];
    List<String> names = new ArrayList<>();
    for (int i = 0; i < headings.length; i++) {
      isRight[i] = headings[i].startsWith(">");
      names.add(isRight[i] ? headings[i].substring(1) : headings[i]);
    }
    return new Table(names, isRight);
  }

  /** Adds a row of texts and {@link Text}s. */
  public Table row(Object... cells) {
    if (cells.length != headings.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + headings.size() + " columns");
    }
    rows.add(Arrays.stream(cells).map(Table::cell).toList());
    return this;
  }

  /** The last column goes on in a further line instead of being cut off. */
  public Table wrapsLast() {
    wrapsLast = true;
    return this;
  }

  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** The lines, each at most so many columns wide where that is possible. */
  List<Text> lines(int columns) {
    int[] widths = fitted(columns);
    List<Text> lines = new ArrayList<>();
    if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
      lines.add(line(headings.stream().map(Text::dim).toList(), widths));
    }
    rows.forEach(row -> lines.addAll(wrapped(row, widths)));
    return lines;
  }

  private List<Text> wrapped(List<Text> row, int[] widths) {
    int last = widths.length - 1;
    if (!wrapsLast || row.getLast().width() <= widths[last]) {
      return List.of(line(row, widths));
    }
    List<Text> lines = new ArrayList<>();
    for (String part : Text.wrap(row.getLast().plain(), widths[last])) {
      List<Text> cells = new ArrayList<>();
      for (int i = 0; i < last; i++) {
        cells.add(lines.isEmpty() ? row.get(i) : Text.NONE);
      }
      cells.add(Text.of(part));
      lines.add(line(cells, widths));
    }
    return lines;
  }

  private int[] fitted(int columns) {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).width()).max().orElse(0);
      widths[i] = Math.max(Text.width(headings.get(i)), widest);
    }
    int over = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - columns;
    for (; over > 0; over--) {
      int column =
          wrapsLast && widths[widths.length - 1] > WRAPPED ? widths.length - 1 : widest(widths);
      if (widths[column] <= NARROWEST) {
        break;
      }
      widths[column]--;
    }
    return widths;
  }

  /** The widest column; among equals the last, and a wrapped one only when it is all there is. */
  private int widest(int[] widths) {
    int widest = 0;
    for (int i = 1; i < widths.length - (wrapsLast ? 1 : 0); i++) {
      if (widths[i] >= widths[widest]) {
        widest = i;
      }
    }
    return widest;
  }

  private Text line(List<Text> cells, int[] widths) {
    Text line = Text.NONE;
    for (int i = 0; i < cells.size(); i++) {
      Text cell = cells.get(i).fit(widths[i]);
      String padding = " ".repeat(widths[i] - Math.min(widths[i], cell.width()));
      boolean isLast = i == cells.size() - 1;
      if (isRight[i]) {
        line = line.and(padding).and(cell);
      } else {
        line = line.and(cell).and(isLast ? "" : padding);
      }
      line = isLast ? line : line.and(GAP);
    }
    return line;
  }

  private static Text cell(Object cell) {
    return cell instanceof Text text ? text : Text.of(SafeText.line(String.valueOf(cell)));
  }
}
