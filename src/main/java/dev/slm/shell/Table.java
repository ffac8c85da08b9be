package dev.slm.shell;

import dev.slm.base.SafeText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under headings, aligned by the columns that letters really take. */
public final class Table {
  private static final String GAP = TableLayout.GAP;

  private final List<String> headings = new ArrayList<>();
  private final boolean[] isRight;
  private final boolean[] isWhole;
  private final boolean[] isOptional;
  private final boolean[] isExtra;
  private final List<List<Text>> rows = new ArrayList<>();
  private boolean wrapsLast;

  private Table(String... headings) {
    isRight = new boolean[headings.length];
    isWhole = new boolean[headings.length];
    isOptional = new boolean[headings.length];
    isExtra = new boolean[headings.length];
    for (int i = 0; i < headings.length; i++) {
      int marks = 0;
      while (marks < headings[i].length() && ">!?+".indexOf(headings[i].charAt(marks)) >= 0) {
        mark(headings[i].charAt(marks++), i);
      }
      this.headings.add(headings[i].substring(marks));
    }
  }

  private void mark(char mark, int column) {
    isRight[column] |= mark == '>';
    isWhole[column] |= mark == '>' || mark == '!';
    isOptional[column] |= mark == '?';
    isExtra[column] |= mark == '+';
  }

  /**
   * Headings. In front of one {@code >} aligns its column to the right, as numbers want, {@code !}
   * says that it is never cut, {@code ?} that a narrow screen may go without it, {@code +} that it
   * is shown only where nothing has to be cut for it. The first column names the row.
   */
  public static Table of(String... headings) {
    return new Table(headings);
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
    TableLayout layout = TableLayout.fit(columns(), columns);
    List<Text> lines = new ArrayList<>();
    if (headings.stream().anyMatch(heading -> !heading.isEmpty())) {
      lines.add(line(headings.stream().map(Text::dim).toList(), layout));
    }
    rows.forEach(row -> lines.addAll(wrapped(row, layout)));
    return lines;
  }

  private List<TableLayout.Column> columns() {
    List<TableLayout.Column> columns = new ArrayList<>();
    for (int i = 0; i < headings.size(); i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.get(column).width()).max().orElse(0);
      columns.add(
          new TableLayout.Column(
              Math.max(Text.width(headings.get(i)), widest),
              isWhole[i],
              isOptional[i],
              isExtra[i],
              wrapsLast && i == headings.size() - 1));
    }
    return columns;
  }

  private List<Text> wrapped(List<Text> row, TableLayout layout) {
    int last = headings.size() - 1;
    boolean isShown = layout.shown().getLast() == last;
    int width = layout.widths().getLast();
    if (!wrapsLast || !isShown || row.getLast().width() <= width) {
      return List.of(line(row, layout));
    }
    List<Text> lines = new ArrayList<>();
    for (String part : Text.wrap(row.getLast().plain(), width)) {
      List<Text> cells = new ArrayList<>();
      for (int i = 0; i < last; i++) {
        cells.add(lines.isEmpty() ? row.get(i) : Text.NONE);
      }
      cells.add(Text.of(part));
      lines.add(line(cells, layout));
    }
    return lines;
  }

  private Text line(List<Text> cells, TableLayout layout) {
    Text line = Text.NONE;
    int count = layout.widths().size();
    for (int i = 0; i < count; i++) {
      int column = layout.shown().get(i);
      int width = layout.widths().get(i);
      Text cell = cells.get(column).fit(width);
      String padding = " ".repeat(Math.max(0, width - cell.width()));
      boolean isLast = i == count - 1;
      if (isRight[column]) {
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
