package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellTest {
  @TempDir Path state;

  private final List<String> seen = new ArrayList<>();

  private TestShell shell() {
    return new TestShell(
        state,
        "",
        CommandSpec.named("cache ls")
            .aliases("cache list", "ls")
            .group("Cache")
            .says("Lists the models on disk.")
            .option("--sort", "KEY", "order", Values.choice("name", "size"))
            .option("--model-name-or-path -m", "NAME", "which", Values.any())
            .option("--top", "N", "how many", Values.number(-10, 10))
            .json()
            .example("cache ls --json", "for programs")
            .runs(
                call ->
                    seen.add(
                        "ls "
                            + call.option("sort", "-")
                            + " "
                            + call.option("model_name_or_path", "-")
                            + " "
                            + call.number("top").orElse(0)
                            + " "
                            + call.flag("json"))),
        CommandSpec.named("model run")
            .aliases("run")
            .group("Model")
            .says("Runs a model.")
            .argument("NAME", "the model", Values.any())
            .anyArguments("WORDS", "what to say", Values.any())
            .runs(call -> seen.add(call.argument("NAME") + call.arguments("WORDS"))),
        CommandSpec.named("quantize")
            .aliasWhen("run", "--config")
            .group("Model")
            .says("Quantizes.")
            .option("--config", "FILE", "what to do", Values.files())
            .runs(call -> seen.add("quantize " + call.option("config", "-"))),
        CommandSpec.named("fail")
            .optionalArgument("HOW", "how", Values.any())
            .runs(call -> fail(call.optional("HOW").orElse("problem"))));
  }

  private static void fail(String how) throws IOException {
    switch (how) {
      case "bug" -> throw new IllegalStateException("boom");
      case "io" -> throw new IOException("Disk Gone");
      case "library" -> throw new UnsatisfiedLinkError("no tokenizers in java.library.path");
      case "memory" -> throw new OutOfMemoryError("Java heap space");
      default -> throw Problem.badFile("'x' is bad").why("line one\nline two").next("cache verify");
    }
  }

  @Test
  void theLongestNameWinsAndTheRestIsPositional() {
    int status = shell().run("model run qwen 'two words' -5 -- --not-an-option");

    assertThat(status).isZero();
    assertThat(seen).containsExactly("qwen[two words, -5, --not-an-option]");
  }

  @Test
  void optionsTakeBothSpellingsAndNegativeNumbers() {
    TestShell shell = shell();

    shell.run("cache ls --sort=SIZE --model_name_or_path /a --top -1 --json");
    shell.run("ls -m x");

    assertThat(seen).containsExactly("ls size /a -1.0 true", "ls - x 0.0 false");
  }

  @Test
  void anAliasMayDependOnAnOption() {
    TestShell shell = shell();

    shell.run("run --config f.json");
    shell.run("run qwen");

    assertThat(seen).containsExactly("quantize f.json", "qwen[]");
  }

  @Test
  void everyMistakeOfALineIsReportedAtOnce() {
    TestShell shell = shell();

    int status = shell.run("cache ls --srot name --top many extra");

    assertThat(status).isEqualTo(2);
    assertThat(shell.err())
        .isEqualTo(
            """
            error: 3 mistakes in 'cache ls'
              'cache ls' has no option '--srot' (did you mean: --sort)
              'many' is no value for '--top' (--top takes a number from -10 to 10)
              'extra' is one word too many
              try: help cache ls
            """);
    assertThat(shell.out()).isEmpty();
  }

  @Test
  void unknownCommandsGetTheNearestKnownOnes() {
    TestShell shell = shell();

    int status = shell.run("cach ls");

    assertThat(status).isEqualTo(2);
    assertThat(shell.err())
        .isEqualTo(
            """
            error: no command 'cach'
              did you mean: cache ls
              try: help
            """);
  }

  @Test
  void aNounWithoutItsVerbSaysWhichThereAre() {
    TestShell shell = shell();

    int status = shell.run("cache");

    assertThat(status).isEqualTo(2);
    assertThat(shell.err())
        .isEqualTo("error: 'cache' needs a verb\n  one of ls\n  try: help cache\n");
  }

  @Test
  void problemsGoToStandardErrorWithTheirStatus() {
    TestShell shell = shell();

    int status = shell.run("fail");

    assertThat(status).isEqualTo(65);
    assertThat(shell.err())
        .isEqualTo("error: 'x' is bad\n  line one\n  line two\n  try: cache verify\n");
  }

  @Test
  void ourMistakesLeaveATraceInALogAndNoneOnTheScreen() throws IOException {
    TestShell shell = shell();

    int status = shell.run("fail bug");

    assertThat(status).isEqualTo(70);
    assertThat(shell.err()).startsWith("error: this is a mistake of slm, not yours\n");
    assertThat(shell.err()).doesNotContain("\tat ");
    try (Stream<Path> logs = Files.list(state)) {
      assertThat(logs.toList())
          .singleElement()
          .satisfies(
              log -> assertThat(Files.readString(log)).contains("boom", "fail bug", "\tat "));
    }
  }

  @Test
  void errorsOfTheMachineDoNotEndTheShell() {
    TestShell shell = shell();

    assertThat(shell.run("fail library")).isEqualTo(70);
    assertThat(shell.run("fail memory")).isEqualTo(1);
    assertThat(shell.err())
        .contains("error: not enough memory\n  Java heap space\n")
        .doesNotContain("\tat ");
  }

  @Test
  void failingInputOutputIsAProblemWithItsReason() {
    TestShell shell = shell();

    int status = shell.run("fail io");

    assertThat(status).isEqualTo(1);
    assertThat(shell.err()).isEqualTo("error: disk gone\n");
  }

  @Test
  void helpWorksBehindEveryCommandAndNoun() {
    TestShell shell = shell();

    assertThat(shell.run("cache ls --help")).isZero();
    assertThat(shell.out())
        .contains("cache ls [OPTIONS]", "--sort KEY", "name | size", "examples:");
    assertThat(shell.run("cache --help")).isZero();
    assertThat(shell.out()).contains("cache ls [OPTIONS]  Lists the models on disk.");
    assertThat(shell.run("help")).isZero();
    assertThat(shell.out()).contains("Cache    cache ls\nModel    model run, quantize\n");
    assertThat(shell.run("help --all")).isZero();
    assertThat(shell.out()).contains("Cache\n", "  cache ls");
    assertThat(seen).isEmpty();
  }
}
