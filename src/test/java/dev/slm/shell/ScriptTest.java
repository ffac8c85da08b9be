package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.testing.Promise;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptTest {
  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();
  private TestShell shell;

  @BeforeEach
  void open() {
    shell =
        new TestShell(
            folder.resolve("state"),
            "",
            CommandSpec.named("say")
                .anyArguments("WORDS", "what", Values.any())
                .runs(
                    call -> {
                      said.add(String.join("|", call.arguments("WORDS")));
                      call.screen().line(String.join(" ", call.arguments("WORDS")));
                    }),
            CommandSpec.named("fail")
                .runs(
                    call -> {
                      throw Problem.badFile("'x' is bad");
                    }),
            CommandSpec.named("list")
                .runs(call -> call.screen().json(List.of(Map.of("name", "a", "size", 7)))),
            CommandSpec.named("talk")
                .anyArguments("TEXT", "asks this and ends", Values.any())
                .converses()
                .runs(call -> said.add("talked")),
            CommandSpec.named("converse")
                .runs(
                    call -> {
                      for (int i = 0; i < 2; i++) {
                        said.add("heard " + call.input().line("").orElse("nothing"));
                      }
                    }));
  }

  private int run(String script, String... options) throws IOException {
    Path file = folder.resolve("demo.slm");
    Files.writeString(file, script);
    return shell.run("script " + Words.quote(file.toString()) + " " + String.join(" ", options));
  }

  @Test
  void commentsQuotesAndContinuedLinesAreUnderstood() throws IOException {
    int status =
        run(
            """
            # a comment

              say one 'two # three' # four
            say five \\
                six
            say "seven
            eight"
            say nine#ten""");

    assertThat(status).isZero();
    assertThat(said).containsExactly("one|two # three", "five|six", "seven\neight", "nine#ten");
  }

  @Test
  void markLineEndsAndMissingLastLineEndDoNotMatter() throws IOException {
    Path file = folder.resolve("windows.slm");
    Files.write(file, "\uFEFFsay a\r\nsay b \\\r\nc\r\nsay d".getBytes(StandardCharsets.UTF_8));

    int status = shell.run("@" + file);

    assertThat(status).isZero();
    assertThat(said).containsExactly("a", "b|c", "d");
  }

  @Test
  void utf16AndOtherEncodingsAreRefusedClearly() throws IOException {
    Path file = folder.resolve("wide.slm");
    for (var charset : List.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE)) {
      Files.write(file, "say a\n".getBytes(charset));
      assertThat(shell.run("@" + file)).isEqualTo(65);
      assertThat(shell.err())
          .isEqualTo(
              "error: '" + file + "' is UTF-16 text\n  scripts are UTF-8; save it as UTF-8\n");
    }

    Files.write(file, "say \u00e4".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(shell.run("@" + file)).isEqualTo(65);
    assertThat(shell.err()).isEqualTo("error: '" + file + "' is not UTF-8 text\n");
    assertThat(said).isEmpty();
  }

  @Test
  void aMissingFileIsOneLineAndAStatus() {
    int status = shell.run("script no-such-file.slm");

    assertThat(status).isEqualTo(65);
    assertThat(shell.err())
        .isEqualTo("error: cannot read 'no-such-file.slm'\n  no such file or folder\n");
  }

  @Test
  void theFirstFailureStopsWithFileAndLine() throws IOException {
    int status = run("say a\n\nsya b\nsay c\n");

    assertThat(status).isEqualTo(2);
    assertThat(said).containsExactly("a");
    assertThat(shell.err())
        .isEqualTo(
            "error: demo.slm:3: no command 'sya'\n  did you mean: say, bye, set\n  try: help\n");
  }

  @Test
  void keepGoingRunsTheRestAndKeepsTheFirstStatus() throws IOException {
    int status = run("fail\nsya b\nsay c\n", "--keep-going");

    assertThat(status).isEqualTo(65);
    assertThat(said).containsExactly("c");
    assertThat(shell.err())
        .startsWith("error: demo.slm:1: 'x' is bad\nerror: demo.slm:2: no command 'sya'\n")
        .endsWith("error: 2 of 3 commands failed\n");
  }

  @Test
  void checkFindsEveryMistakeAndRunsNothing() throws IOException {
    int status = run("say a\nsya b\nsay ${X}\nfail --hard\n", "--check");

    assertThat(status).isEqualTo(2);
    assertThat(said).isEmpty();
    assertThat(shell.err())
        .contains("demo.slm:2: no command 'sya'", "demo.slm:4: 'fail' has no option '--hard'")
        .endsWith("error: 2 mistakes in the script\n");
  }

  @Test
  void checkPassesOverWhatIsSaidInAChat() throws IOException {
    String script =
        """
        talk
        Who's there?
        \"""One text:
        /bye
        \"""
        /bye
        nonsense
        talk "only this"
        more nonsense""";

    assertThat(run(script, "--check")).isEqualTo(2);

    assertThat(shell.err())
        .contains("demo.slm:7: no command 'nonsense'", "demo.slm:9:", "2 mistakes")
        .doesNotContain("there");
    assertThat(said).isEmpty();
  }

  @Test
  void unfinishedLinesNameTheLineTheyBeginOn() throws IOException {
    assertThat(run("say a\nsay 'b\nsay c\n")).isEqualTo(2);
    assertThat(shell.err()).isEqualTo("error: demo.slm:2: a ' is not closed\n");

    assertThat(run("say a\nsay b \\")).isEqualTo(2);
    assertThat(shell.err())
        .isEqualTo("error: demo.slm:2: the line ends with a backslash and nothing follows\n");
  }

  @Test
  void aHundredThousandCommentLinesTakeLessThanASecond() throws Exception {
    String script = "# nothing\n\n".repeat(50_000) + "say end\n";
    Promise.keptWithin(
        Duration.ofSeconds(1),
        () -> {
          said.clear();
          long start = System.nanoTime();

          int status = run(script);

          assertThat(status).isZero();
          assertThat(said).containsExactly("end");
          return Promise.since(start);
        });
  }

  @Test
  void aLineOfAMegabyteIsOneWord() throws IOException {
    int status = run("say " + "x".repeat(1_000_000));

    assertThat(status).isZero();
    assertThat(said).singleElement().satisfies(word -> assertThat(word).hasSize(1_000_000));
  }

  @Test
  void aScriptThatRunsItselfStopsTenDeep() throws IOException {
    Path file = folder.resolve("self.slm");
    Files.writeString(file, "say in\n@" + file + "\n");

    int status = shell.run("@" + file);

    assertThat(status).isEqualTo(1);
    assertThat(said).hasSize(10);
    assertThat(shell.err())
        .isEqualTo("error: self.slm:2: scripts run each other more than 10 deep\n");
  }

  @Test
  void variablesAreFilledInOutsideSingleQuotes() throws IOException {
    int status =
        run(
            """
            set NAME="two words"
            say ${NAME} "${NAME}!" '${NAME}' \\${NAME} ${1}
            """,
            "first");

    assertThat(status).isZero();
    assertThat(said).containsExactly("two words|two words!|${NAME}|${NAME}|first");
  }

  @Test
  void aScriptInAScriptHasItsOwnWordsAndTheOuterOneKeepsItsOwn() throws IOException {
    Path inner = folder.resolve("inner.slm");
    Files.writeString(inner, "say ${1}\nset FOUND=${1}\n");

    int status = run("@" + inner + " deep\nsay ${1} ${2} ${FOUND}\n", "one", "two");

    assertThat(status).isZero();
    assertThat(said).containsExactly("deep", "one|two|deep");
    assertThat(shell.run("say ${1}")).isEqualTo(2);
  }

  @Test
  void unknownVariablesAreUsageErrors() throws IOException {
    assertThat(run("set MODEL=x\nsay ${MODLE}\n")).isEqualTo(2);
    assertThat(shell.err())
        .isEqualTo(
            """
            error: demo.slm:2: no variable named 'MODLE'
              did you mean: MODEL
              try: set MODLE=value
            """);
  }

  @Test
  void expectChecksTextRegexJsonStatusAndTime() throws IOException {
    int status =
        run(
            """
            say hello world 42
            expect hello world
            expect --regex 'world \\d+$' --not bye --status 0 --within 10s
            list
            expect --json [0].name --equals a
            expect --json '$[-1].size' --at-least 7 --at-most 7
            set SIZE --json [0].size
            say ${SIZE}
            fail
            expect --status 65 --error "'x' is bad"
            say end
            """);

    assertThat(shell.err()).isEqualTo("5 checks passed\n");
    assertThat(status).isZero();
    assertThat(said).containsExactly("hello|world|42", "7", "end");
  }

  @Test
  void aFailedExpectSaysWhatItGotAndFailsTheScript() throws IOException {
    int status = run("say hello\nexpect --regex bye --status 2 --within 10s\nsay never\n");

    assertThat(status).isEqualTo(1);
    assertThat(said).containsExactly("hello");
    assertThat(shell.err())
        .isEqualTo(
            """
            error: demo.slm:2: expected status 2
              got: status 0
              expected a match of 'bye'
              got: hello
            """);
  }

  @Test
  void reportsNameEveryCommandWithItsChecks() throws IOException {
    Path junit = folder.resolve("junit.xml");
    Path json = folder.resolve("report.json");

    int status =
        run(
            "say a<b\nexpect a\nexpect zzz\nsay c\nfail\nexpect --status 65\n",
            "--keep-going",
            "--junit",
            junit.toString(),
            "--report",
            json.toString());

    assertThat(status).isEqualTo(1);
    String xml = Files.readString(junit).replaceAll("time=\"[0-9.]+\"", "time=\"T\"");
    assertThat(xml)
        .isEqualTo(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuite name="demo.slm" tests="3" failures="1" errors="0" time="T">
              <testcase classname="demo.slm" name="line 1: say a&lt;b" time="T">
                <failure message="demo.slm:3: expected 'zzz'">error: demo.slm:3: expected 'zzz'&#10;  got: a&lt;b&#10;</failure>
              </testcase>
              <testcase classname="demo.slm" name="line 4: say c" time="T"/>
              <testcase classname="demo.slm" name="line 5: fail" time="T"/>
            </testsuite>
            """);
    assertThat(Json.tree(json, 1 << 20).path("failures").asInt()).isEqualTo(1);
    assertThat(Json.tree(json, 1 << 20).path("steps").get(0).path("checks").asInt()).isEqualTo(2);
  }

  @Test
  void aCommandThatReadsTakesTheFollowingLines() throws IOException {
    int status = run("converse\n# first\nsecond\nsay third\n");

    assertThat(status).isZero();
    assertThat(said).containsExactly("heard # first", "heard second", "third");
  }

  @Test
  void exitEndsTheScriptAndNotTheShell() throws IOException {
    int status = run("say a\nexit\nsay b\n");

    assertThat(status).isZero();
    assertThat(said).containsExactly("a");
    assertThat(shell.shell().console().isLeaving()).isFalse();
  }

  @Test
  void jsonPathsThatAreNoneAreRefused() {
    assertThatThrownBy(() -> JsonPath.find(Json.lenient().readTree("{}"), "a..b"))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("'a..b' is no path");
  }
}
