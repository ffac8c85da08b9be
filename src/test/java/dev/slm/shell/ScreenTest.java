package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Screen screen(boolean isTerminal, int columns) {
    Screen.Looks looks = new Screen.Looks(isTerminal, isTerminal);
    return new Screen(new PrintWriter(out), looks, new PrintWriter(err), looks, () -> columns);
  }

  @Test
  void tablesAlignByTheColumnsThatLettersTake() {
    Table table = Table.of("NAME", ">SIZE", "SAYS");
    table.row("日本語", "1.2 GB", "x").row("a", "980 MB", "y").row("n\u0303o", "7 B", "");

    screen(false, 80).table(table);

    assertThat(out.toString())
        .isEqualTo(
            """
            NAME      SIZE  SAYS
            日本語  1.2 GB  x
            a       980 MB  y
            n\u0303o         7 B
            """
                .replace("7 B\n", "7 B  \n"));
  }

  @Test
  void extraColumnsAreShownOnlyWhereNothingIsCutForThem() {
    Table table = Table.of("NAME", "CAN", "+LICENCE");
    table.row("qwen2.5-0.5b", "chat tools", "apache-2.0");

    assertThat(lines(table, 36).getLast()).isEqualTo("qwen2.5-0.5b  chat tools  apache-2.0");
    assertThat(lines(table, 35).getLast()).isEqualTo("qwen2.5-0.5b  chat tools");
    assertThat(lines(table, 22).getLast()).isEqualTo("qwen2.5-0.5b  chat to…");
  }

  @Test
  void onANarrowTerminalTextGivesWayThenColumnsThatMayBeLeftOut() {
    Table table = Table.of("NAME", "?SAYS", ">SIZE", ">?AGE", "STATE");
    table.row("qwen2.5-0.5b", "a rather long text", "1.2 GB", "12 d", "ready");

    assertThat(lines(table, Integer.MAX_VALUE))
        .containsExactly(
            "NAME          SAYS                  SIZE   AGE  STATE",
            "qwen2.5-0.5b  a rather long text  1.2 GB  12 d  ready");
    assertThat(lines(table, 45))
        .containsExactly(
            "NAME          SAYS          SIZE   AGE  STATE",
            "qwen2.5-0.5b  a rather …  1.2 GB  12 d  ready");
    assertThat(lines(table, 38))
        .containsExactly(
            "NAME          SAYS         SIZE  STATE", "qwen2.5-0.5b  a rather…  1.2 GB  ready");
    assertThat(lines(table, 30))
        .containsExactly("NAME            SIZE  STATE", "qwen2.5-0.5b  1.2 GB  ready");
    assertThat(lines(table, 8)).containsExactly("NAME", "qwen2.5…");
  }

  @Test
  void aColumnOfSentencesGoesOnInTheNextLine() {
    Table table = Table.of("NAME", "SAYS").wrapsLast();
    table.row("ttl", "Minutes that an unused model stays loaded.");

    assertThat(lines(table, 30))
        .containsExactly("NAME  SAYS", "ttl   Minutes that an unused", "      model stays loaded.");
  }

  private static List<String> lines(Table table, int columns) {
    return table.lines(columns).stream().map(Text::plain).toList();
  }

  @Test
  void remarksAndProblemsBreakBetweenWords() {
    Screen screen = screen(true, 30);
    screen.setPlain(true);

    screen.note("first token 15 ms · prompt 12 at 796/s");
    screen.problem(
        Problem.failed("no model in the cache is called so").why("it was removed by somebody"));

    assertThat(err.toString())
        .isEqualTo(
            """
            first token 15 ms · prompt 12
            at 796/s
            error: no model in the cache
              is called so
              it was removed by somebody
            """);
  }

  @Test
  void aProblemWithALongValueShowsBothEndsOfIt() {
    Screen screen = screen(false, 80);

    screen.problem(Problem.usage("'a" + "x".repeat(1_000_000) + "z' is one word too many"));

    assertThat(err.toString())
        .startsWith("error: 'axxx")
        .endsWith("xxxz' is one word too many\n")
        .contains("…")
        .hasSizeLessThan(1000);
  }

  @Test
  void whatScriptsExpectDoesNotDependOnTheWidthOfTheScreen() {
    StringBuilder heard = new StringBuilder();
    Screen screen = screen(true, 20);
    screen.listen((text, _) -> heard.append(text));

    screen.table(Table.of("", "").row("name", "a text that has no room on this screen"));
    try (AnswerView view = new AnswerView(screen, AnswerView.Reasoning.SHOW)) {
      view.text("An answer that has no ");
      view.text("room in one line.");
    }

    assertThat(heard.toString().lines())
        .containsExactly(
            "name  a text that has no room on this screen",
            "An answer that has no room in one line.");
    assertThat(out.toString().lines()).hasSizeGreaterThan(3);
  }

  @Test
  void stylesAreForTerminalsAlone() {
    screen(true, 80).line(Text.bold("big"));
    screen(false, 80).line(Text.bold("big"));
    Screen plain = screen(true, 80);
    plain.setPlain(true);
    plain.line(Text.bold("big"));

    assertThat(out.toString()).isEqualTo("\u001b[1mbig\u001b[0m\nbig\nbig\n");
  }

  @Test
  void textOfOthersCannotControlTheTerminal() {
    Screen screen = screen(true, 80);

    screen.line("a\u001b[2Jb");
    screen.warn("c\u0007");
    screen.table(Table.of("X").row("d\ne"));
    screen.json(List.of("f\u009b"));

    assertThat(out.toString()).contains("a\\x1b[2Jb", "d\\ne", "\"f\\u009b\"");
    assertThat(err.toString()).contains("c\\x07");
    assertThat(out.toString()).doesNotContain("\u001b[2J").doesNotContain("\u009b");
  }

  @Test
  void answersAreSafeHoweverTheyAreCut() {
    try (AnswerStream answer = screen(false, 80).answer()) {
      "a\u001b]0;x\u0007 👍\r\nb".chars().forEach(c -> answer.print(String.valueOf((char) c)));
    }

    assertThat(out.toString()).isEqualTo("a\\x1b]0;x\\x07 👍\nb\n");
  }

  @Test
  void progressTellsAmountRateAndTimeLeft() {
    AtomicLong nanos = new AtomicLong();
    ProgressLine line = new ProgressLine(screen(true, 80), new Cancellation(), nanos::get);

    line.start("downloading", 100_000_000, Progress.Unit.BYTES);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    line.advance(40_000_000);

    assertThat(line.describe())
        .isEqualTo("downloading  40 %  40 MB of 100 MB  20 MB/s  3.0 s left");
    assertThat(err.toString()).contains("\rdownloading  40 %").endsWith("\u001b[K");
  }

  @Test
  void progressIsSilentWhereALineCannotBeDrawnAgain() {
    ProgressLine line = new ProgressLine(screen(false, 80), new Cancellation(), () -> 0);

    line.start("downloading", 100, Progress.Unit.ITEMS);
    line.advance(100);
    line.note("done");

    assertThat(err.toString()).isEqualTo("done\n");
  }

  @Test
  void theLiveLineMakesWayForOutput() {
    Screen screen = screen(true, 80);

    screen.live(Text.of("half way"));
    screen.line("result");

    assertThat(err.toString()).isEqualTo("\rhalf way\u001b[K\r\u001b[K");
    assertThat(out.toString()).isEqualTo("result\n");
  }
}
