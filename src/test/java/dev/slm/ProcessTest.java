package dev.slm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program as the system's shell sees it: arguments, pipes, streams and exit statuses. */
class ProcessTest {
  private record Result(int status, String out, String err) {}

  @TempDir Path home;

  private ProcessBuilder builder(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("dev.slm.Main");
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SLM_HOME", home.toString());
    builder.environment().put("HOME", home.toString());
    // what would keep the native runtime from telling its maker: the program sees to that alone
    builder
        .environment()
        .keySet()
        .removeAll(Set.of("HF_TOKEN", "CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY"));
    return builder;
  }

  private Result run(String input, String... words) throws IOException, InterruptedException {
    return run(builder(words), input);
  }

  private Result run(ProcessBuilder builder, String input)
      throws IOException, InterruptedException {
    Path out = home.resolve("out");
    Path err = home.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void argumentsAreWordsThatAreNeverSplitAgain() throws Exception {
    Result result = run("", "--set", "hub.endpoint=http://a b", "config", "get", "hub.endpoint");

    assertThat(result).isEqualTo(new Result(0, "http://a b\n", ""));
  }

  @Test
  void aPipeRunsEveryLineAlsoTheLastWithoutALineEnd() throws Exception {
    Result result = run("config get service.port\nnonsense\nconfig get 'engine'");

    assertThat(result.out()).isEqualTo("5273\nauto\n");
    assertThat(result.err()).isEqualTo("error: stdin:2: no command 'nonsense'\n  try: help\n");
    assertThat(result.status()).isEqualTo(2);
  }

  /** Each of these costs a short command 10 to 40 ms (decision record 12). */
  @Test
  void shortCommandsDoWithoutWhatIsSlowToBegin() throws Exception {
    assertThat(run("", "model", "run", "slm-demo", "--prompt", "Hello").status()).isZero();
    Path log = home.resolve("classes");
    ProcessBuilder builder = builder("cache", "ls");
    builder.command().add(1, "-Xlog:class+load:file=" + log + "::filecount=0");

    Result result = run(builder, "");

    assertThat(result.out()).contains("slm-demo-int8");
    assertThat(Files.readString(log))
        .contains("dev.slm.cache.ManifestFile ")
        .doesNotContain(
            "tools.jackson.databind.json.JsonMapper ",
            "java.lang.System$LoggerFinder ",
            "java.util.Formatter ",
            "java.lang.foreign.ValueLayout ",
            "java.security.MessageDigest ");
  }

  @Test
  void aBrokenSettingsFileIsOneProblemAndNoTrace() throws Exception {
    Files.createDirectories(home.resolve("config"));
    Files.writeString(home.resolve("config/settings.json"), "{ \"engine\": ");

    Result result = run("", "config", "list");

    assertThat(result.status()).isEqualTo(65);
    assertThat(result.err()).startsWith("error: '" + home.resolve("config/settings.json") + "'");
    assertThat(result.err().lines()).hasSizeLessThan(4);
  }

  @Test
  void theNativeRuntimeTellsItsMakerNothing() throws Exception {
    Result result = run("", "model", "run", "slm-demo", "--prompt", "Hello");

    assertThat(result.out()).startsWith("Hello!");
    try (Stream<Path> made = Files.walk(home)) {
      assertThat(made.map(Path::getFileName).map(Path::toString))
          .doesNotContain("deviceid", "onnxruntime.db");
    }
  }

  @Test
  @EnabledOnOs(
      value = {OS.LINUX, OS.MAC},
      disabledReason = "Windows has no such signal")
  void ctrlCStopsACommandAndLeavesNothing() throws Exception {
    Process process =
        builder("model", "run", "slm-demo", "--prompt", "Hello", "--temperature", "0")
            .redirectOutput(home.resolve("out").toFile())
            .start();
    // what comes through a pipe is read to its end before the model is
    process.getOutputStream().close();
    assertThat(process.errorReader().readLine()).contains("preparing it, once");

    interrupt(process);

    assertThat(process.waitFor()).isEqualTo(130);
    // what the same command goes on with is in the temporary area, and nothing is half a model
    assertThat(run("", "cache", "ls", "--json").out()).doesNotContain("damaged");
    Result again = run("", "model", "run", "slm-demo", "--prompt", "Hello");
    assertThat(again.out()).startsWith("Hello!");
  }

  @Test
  @EnabledOnOs(
      value = {OS.LINUX, OS.MAC},
      disabledReason = "Windows has no such signal")
  void ctrlCStopsTheWholeScript() throws Exception {
    Path script = home.resolve("long.slm");
    Files.writeString(
        script,
        """
        config get service.port
        benchmark run slm-demo --rounds 100
        config get reasoning
        """);
    Process process =
        builder("script", script.toString(), "--keep-going")
            .redirectError(home.resolve("err").toFile())
            .start();
    assertThat(process.inputReader().readLine()).isEqualTo("5273");

    interrupt(process);

    assertThat(process.waitFor()).isEqualTo(130);
    assertThat(process.inputReader().lines()).doesNotContain("dim");
    assertThat(home.resolve("err")).content().endsWith("interrupted\n");
  }

  @Test
  @EnabledOnOs(
      value = {OS.LINUX, OS.MAC},
      disabledReason = "Windows has no such signal")
  void ctrlCOrAShutdownStopsAConversionAndLeavesNothing() throws Exception {
    String checkpoint = Path.of("src/model/checkpoint").toAbsolutePath().toString();
    Path output = home.resolve("made");
    Map<String, List<String>> cases =
        Map.of("-INT", List.of(), "-TERM", List.of("--output", output.toString()));
    for (Map.Entry<String, List<String>> stopped : cases.entrySet()) {
      List<String> words =
          new ArrayList<>(List.of("quantize", checkpoint, "--recipe", "int4-mixed", "--name", "x"));
      words.addAll(stopped.getValue());
      Process process = builder(words.toArray(String[]::new)).start();
      assertThat(process.errorReader().readLine()).contains("become 'x'");

      signal(stopped.getKey(), process);

      assertThat(process.waitFor()).isEqualTo(130);
      assertThat(process.errorReader().lines()).last().asString().contains("interrupted");
      Result left = run("", "cache", "ls");
      assertThat(left.out()).isEmpty();
      assertThat(left.err()).doesNotContain("unfinished");
      try (Stream<Path> files = Files.list(home)) {
        assertThat(files).noneMatch(file -> file.getFileName().toString().contains("made"));
      }
    }
  }

  private static void interrupt(Process process) throws Exception {
    signal("-INT", process);
  }

  private static void signal(String signal, Process process) throws Exception {
    new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has a device that is always full")
  void resultsThatCannotBeWrittenAreAFailure() throws Exception {
    Process process =
        builder("config", "list")
            .redirectOutput(new File("/dev/full"))
            .redirectError(home.resolve("err").toFile())
            .start();

    assertThat(process.waitFor()).isEqualTo(73);
    assertThat(home.resolve("err")).content().startsWith("error: cannot write the results\n  ");
  }

  @Test
  void aTokenizerLibraryThatDoesNotLoadIsOneProblem() throws Exception {
    ProcessBuilder builder = builder("model", "run", "slm-demo", "--prompt", "Hello");
    Path notALibrary = Files.writeString(home.resolve("libtokenizers.so"), "no library");
    builder.command().add(1, "-DRUST_LIBRARY_PATH=" + notALibrary);

    Result result = run(builder, "");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains("error: the tokenizer library does not load on this machine\n")
        .doesNotContain("\tat ");
  }

  @Test
  void numbersAreEnglishOnEveryMachine() throws Exception {
    ProcessBuilder german = builder("model", "run", "slm-demo", "--prompt", "Hello");
    german.command().addAll(1, List.of("-Duser.language=de", "-Duser.country=DE"));

    assertThat(run(german, "").err())
        .containsPattern("first token .* context \\d+/2,048")
        .doesNotContainPattern("\\d,\\d\\b");
  }

  @Test
  void theVersionComesAlone() throws Exception {
    assertThat(run("", "--version").out()).startsWith("slm ").hasLineCount(1);
  }
}
