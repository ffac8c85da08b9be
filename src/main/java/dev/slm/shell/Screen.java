package dev.slm.shell;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

/**
 * Everything printed: results on standard output, notes and warnings on standard error. Whatever is
 * handed in is made safe to show; styles come from {@link Text} alone. May be used by several
 * threads.
 */
public final class Screen {
  /** What an output stream can show. */
  record Looks(boolean isTerminal, boolean isColoured) {
    static final Looks PLAIN = new Looks(false, false);
  }

  /**
   * Hears everything that is printed, without styles and as wide as it is: a script must find the
   * same in a narrow terminal as in a pipe.
   */
  interface Listener {
    void printed(String text, boolean isError);
  }

  static final int UNLIMITED = Integer.MAX_VALUE;

  /** Letters of a problem's line; paths and lists of names are shorter. */
  private static final int LONGEST_LINE = 900;

  private static final String WARNING = "warning: ";
  private static final String ERROR = "error: ";

  private final PrintWriter out;
  private final PrintWriter err;
  private final Looks outLooks;
  private final Looks errLooks;
  private volatile IntSupplier columns;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private boolean isPlain;
  private boolean isLive;

  Screen(PrintWriter out, Looks outLooks, PrintWriter err, Looks errLooks, IntSupplier columns) {
    this.out = out;
    this.outLooks = outLooks;
    this.err = err;
    this.errLooks = errLooks;
    this.columns = columns;
  }

  /** A screen that is no terminal: a file, a pipe, a test. */
  public static Screen plain(Writer out, Writer err) {
    return new Screen(
        new PrintWriter(out), Looks.PLAIN, new PrintWriter(err), Looks.PLAIN, () -> 80);
  }

  /** A result line. */
  public void line(String text) {
    line(Text.of(text));
  }

  /** A result line. */
  public void line(Text text) {
    put(text.and("\n"), false);
  }

  /** An empty result line. */
  public void line() {
    line(Text.NONE);
  }

  /** A result without a line end. */
  public void print(Text text) {
    put(text, false);
  }

  /**
   * A piece of a result that was broken into lines for this screen.
   *
   * @param whole the piece as it was before
   */
  void print(Text shown, String whole) {
    put(shown, whole, false);
  }

  public void table(Table table) {
    List<Text> whole = table.lines(UNLIMITED);
    List<Text> shown = isTerminal() ? table.lines(lineWidth()) : whole;
    put(lines(shown), lines(whole).plain(), false);
  }

  private static Text lines(List<Text> lines) {
    Text all = Text.NONE;
    for (Text line : lines) {
      all = all.and(line).and("\n");
    }
    return all;
  }

  /** A result for programs. */
  public void json(Object value) {
    write(SafeText.json(Json.pretty(value)), false);
  }

  /** A remark on standard error. */
  public void note(String text) {
    put(Text.of(folded(text, 0), Text.Style.DIM).and("\n"), SafeText.of(text) + "\n", true);
  }

  /** A warning on standard error. */
  public void warn(String text) {
    Text shown = Text.of(WARNING, Text.Style.WARNING).and(folded(text, WARNING.length()));
    put(shown.and("\n"), WARNING + SafeText.of(text) + "\n", true);
  }

  /** A failure, as people see it. */
  public void problem(Problem problem) {
    put(describe(problem, noteWidth()), describe(problem).plain(), true);
  }

  /** What happened, why, and what to type next, in at least one line. */
  static Text describe(Problem problem) {
    return describe(problem, UNLIMITED);
  }

  private static Text describe(Problem problem, int width) {
    if (problem.status() == Problem.Status.INTERRUPTED) {
      return Text.dim(problem.what() + "\n");
    }
    Text text =
        Text.of(ERROR, Text.Style.BAD)
            .and(indented(WordWrap.fold(brief(problem.what()), ERROR.length(), width)))
            .and("\n");
    if (problem.why().isPresent()) {
      text =
          text.and("  " + indented(WordWrap.fold(brief(problem.why().get()), 0, width - 2)) + "\n");
    }
    if (problem.next().isPresent()) {
      Text next = Text.of(SafeText.line(brief(problem.next().get())), Text.Style.NAME);
      text = text.and(Text.dim("  try: ")).and(next).and("\n");
    }
    return text;
  }

  /** Begins an answer of a model that arrives in pieces. */
  public AnswerStream answer() {
    return new AnswerStream(this);
  }

  /** Whether results go to a terminal, where people read them. */
  public boolean isTerminal() {
    return outLooks.isTerminal();
  }

  /** Whether results may carry styles. */
  boolean isColoured() {
    return outLooks.isColoured() && !isPlain;
  }

  /** Whether standard error is a terminal on which a line may be drawn again. */
  boolean canRedraw() {
    return errLooks.isTerminal() && errLooks.isColoured() && !isPlain;
  }

  /** Whom to ask for the columns from now on; gives whom it asked before. */
  IntSupplier follow(IntSupplier other) {
    IntSupplier before = columns;
    columns = other;
    return before;
  }

  /** Columns of the terminal. */
  public int width() {
    int width = columns.getAsInt();
    return width > 0 ? width : 80;
  }

  /** Columns that a result line may take: those of the terminal, without limit elsewhere. */
  int lineWidth() {
    return isTerminal() ? width() : UNLIMITED;
  }

  /** Columns that a remark may take, without limit where nobody looks. */
  int noteWidth() {
    return errLooks.isTerminal() ? width() : UNLIMITED;
  }

  /** No colour and no animation from now on. */
  public void setPlain(boolean plain) {
    isPlain = plain;
  }

  boolean isPlain() {
    return isPlain;
  }

  /** An empty screen, where there is one. */
  synchronized void clear() {
    if (outLooks.isTerminal() && !isPlain) {
      out.print("\u001b[H\u001b[2J\u001b[3J");
      out.flush();
    }
  }

  void ask(String question) {
    put(Text.of(question), true);
  }

  void listen(Listener listener) {
    listeners.add(listener);
  }

  void unlisten(Listener listener) {
    listeners.remove(listener);
  }

  /** Draws a line that the next output takes away again. */
  synchronized void live(Text text) {
    err.print("\r" + text.plain() + "\u001b[K");
    err.flush();
    isLive = true;
  }

  synchronized void clearLive() {
    if (isLive) {
      isLive = false;
      err.print("\r\u001b[K");
      err.flush();
    }
  }

  void put(Text text, boolean isError) {
    put(text, text.plain(), isError);
  }

  private synchronized void put(Text text, String whole, boolean isError) {
    clearLive();
    Looks looks = isError ? errLooks : outLooks;
    PrintWriter writer = isError ? err : out;
    writer.print(text.rendered(looks.isColoured() && !isPlain));
    writer.flush();
    tell(whole, isError);
  }

  /** A remark as it fits the terminal, when it begins in a column. */
  private String folded(String text, int column) {
    String safe = SafeText.of(text);
    return errLooks.isTerminal() ? WordWrap.fold(safe, column, width()) : safe;
  }

  private synchronized void write(String safe, boolean isError) {
    clearLive();
    out.print(safe);
    out.flush();
    tell(safe, isError);
  }

  private void tell(String text, boolean isError) {
    listeners.forEach(listener -> listener.printed(text, isError));
  }

  /** What somebody typed or sent may be a megabyte; its ends say which it was. */
  private static String brief(String text) {
    return text.lines()
        .map(
            line ->
                line.length() <= LONGEST_LINE
                    ? line
                    : line.substring(0, LONGEST_LINE * 2 / 3)
                        + "…"
                        + line.substring(line.length() - LONGEST_LINE / 3))
        .collect(Collectors.joining("\n"));
  }

  private static String indented(String text) {
    return text.strip().replace("\n", "\n  ");
  }
}
