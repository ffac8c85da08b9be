package dev.slm.shell;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.SafeText;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

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

  /** Hears everything that is printed, without styles. */
  interface Listener {
    void printed(String text, boolean isError);
  }

  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final PrintWriter out;
  private final PrintWriter err;
  private final Looks outLooks;
  private final Looks errLooks;
  private final IntSupplier columns;
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

  public void table(Table table) {
    table.lines(lineWidth()).forEach(this::line);
  }

  /** A result for programs. */
  public void json(Object value) {
    write(SafeText.json(Json.pretty(value)), false);
  }

  /** A remark on standard error. */
  public void note(String text) {
    put(Text.of(text, Text.Style.DIM).and("\n"), true);
  }

  /** A warning on standard error. */
  public void warn(String text) {
    put(Text.of("warning: ", Text.Style.WARNING).and(text).and("\n"), true);
  }

  /** A failure, as people see it. */
  public void problem(Problem problem) {
    put(describe(problem), true);
  }

  /** What happened, why, and what to type next, in at least one line. */
  static Text describe(Problem problem) {
    if (problem.status() == Problem.Status.INTERRUPTED) {
      return Text.dim(problem.what() + "\n");
    }
    Text text = Text.of("error: ", Text.Style.BAD).and(indented(problem.what())).and("\n");
    if (problem.why().isPresent()) {
      text = text.and("  " + indented(problem.why().get()) + "\n");
    }
    if (problem.next().isPresent()) {
      Text next = Text.of(SafeText.line(problem.next().get()), Text.Style.NAME);
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

  /** Columns of the terminal. */
  public int width() {
    int width = columns.getAsInt();
    return width > 0 ? width : 80;
  }

  /** Columns that a result line may take: those of the terminal, without limit elsewhere. */
  int lineWidth() {
    return isTerminal() ? width() : UNLIMITED;
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

  synchronized void put(Text text, boolean isError) {
    clearLive();
    Looks looks = isError ? errLooks : outLooks;
    PrintWriter writer = isError ? err : out;
    writer.print(text.rendered(looks.isColoured() && !isPlain));
    writer.flush();
    tell(text.plain(), isError);
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

  private static String indented(String text) {
    return text.strip().replace("\n", "\n  ");
  }
}
