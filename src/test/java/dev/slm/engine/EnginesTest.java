package dev.slm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnginesTest {
  @Test
  void theProgramHasOrtAndGenai() {
    assertThat(Engines.load().names()).startsWith("ort", "genai");
    assertThat(Engines.load().find(Engines.DEFAULT).name()).isEqualTo("ort");
  }

  @Test
  void anUnknownEngineSuggestsTheNearest() {
    assertThatThrownBy(() -> Engines.load().find("orrt"))
        .hasMessage("no engine named 'orrt' (did you mean: ort)");
  }

  @Test
  void anEngineOfAJarOnTheClassPathAnswersLikeAnyOther(@TempDir Path jar) throws IOException {
    Engines engines = withJar(jar, EchoEngine.class.getName());

    Engine engine = engines.find("echo");
    List<Integer> answer = new ArrayList<>();
    try (LoadedModel model = engine.load(jar, LoadSettings.DEFAULT, Progress.NONE);
        Sequence sequence = model.newSequence()) {
      Generation generation =
          sequence.generate(
              new int[] {3, 1, 2},
              GenerationSettings.greedy(10),
              Sequence.Tokens.of(answer::add),
              Progress.NONE);

      assertThat(generation.reason()).isEqualTo(FinishReason.STOP);
      assertThat(answer).containsExactly(3, 1, 2);
    }
  }

  @Test
  void theExampleInTheDocumentWorksFromAJarInTheFolderOfEngines(@TempDir Path work)
      throws IOException {
    Path source = Files.createDirectories(work.resolve("example")).resolve("EchoEngine.java");
    String example = Files.readString(Path.of("src/test/java/dev/slm/engine/EchoEngine.java"));
    Files.writeString(
        source,
        example.replace("package dev.slm.engine;", "package example;\nimport dev.slm.engine.*;"));
    Path classes = work.resolve("classes");
    compile(source, classes);
    Path jars = Files.createDirectories(work.resolve("engines"));
    pack(jars.resolve("echo.jar"), "example.EchoEngine", classes);

    Engines engines = Engines.load(jars);

    assertThat(engines.names()).containsExactly("ort", "genai", "echo");
    assertThat(engines.find("echo").getClass().getName()).isEqualTo("example.EchoEngine");
    assertThat(Engines.load(work.resolve("nothing")).names()).containsExactly("ort", "genai");
  }

  private static void compile(Path source, Path classes) {
    ToolProvider compiler = ToolProvider.findFirst("javac").orElseThrow();
    String path = Path.of("target/classes") + File.pathSeparator + Path.of("target/test-classes");
    String[] options = {"-nowarn", "-proc:none", "-cp", path, "-d", classes.toString()};
    String[] arguments = Arrays.copyOf(options, options.length + 1);
    arguments[options.length] = source.toString();
    assertThat(compiler.run(System.out, System.err, arguments)).isZero();
  }

  private static void pack(Path jar, String engine, Path classes) throws IOException {
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(Engine.class.getName()), engine + "\n");
    ToolProvider packer = ToolProvider.findFirst("jar").orElseThrow();
    String[] arguments = {"--create", "--file", jar.toString(), "-C", classes.toString(), "."};
    assertThat(packer.run(System.out, System.err, arguments)).isZero();
  }

  /** An engine that takes folders or not, and runs here or not. */
  private record Choosy(String name, Optional<String> refused, Optional<String> missing)
      implements Engine {
    @Override
    public Optional<String> unavailable() {
      return missing;
    }

    @Override
    public Optional<String> refusal(Path folder) {
      return refused;
    }

    @Override
    public LoadedModel load(Path folder, LoadSettings settings, Progress progress) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void aModelIsRunByTheDefaultEngineOrByOneThatTakesIt() {
    Path folder = Path.of("some-model");
    Engine ort = new Choosy("ort", Optional.empty(), Optional.empty());
    Engine refusing = new Choosy("ort", Optional.of("has a part 'vision'"), Optional.empty());
    Engine genai = new Choosy("genai", Optional.empty(), Optional.empty());
    Engine absent = new Choosy("genai", Optional.empty(), Optional.of("needs glibc 2.38"));
    Engine echo = new EchoEngine("echo");

    assertThat(chosen(List.of(ort, genai), Optional.empty())).isEqualTo("ort");
    assertThat(chosen(List.of(ort, genai), Optional.of("genai"))).isEqualTo("genai");
    assertThat(chosen(List.of(refusing, echo, genai), Optional.empty())).isEqualTo("genai");
    assertThat(chosen(List.of(refusing, genai), Optional.of("ort"))).isEqualTo("ort");
    // nobody else takes it: its own refusal says why
    assertThat(chosen(List.of(refusing, echo), Optional.empty())).isEqualTo("ort");
    assertThatThrownBy(
            () ->
                Engines.of(List.of(refusing, absent))
                    .choose(Optional.empty(), folder, Progress.NONE))
        .hasMessage(
            "'some-model' needs the engine 'genai': it has a part 'vision' (needs glibc 2.38)");
  }

  private static String chosen(List<Engine> engines, Optional<String> wanted) {
    return Engines.of(engines).choose(wanted, Path.of("some-model"), Progress.NONE).name();
  }

  @Test
  void anEngineOfAJarCannotReplaceOurs(@TempDir Path jar) throws IOException {
    Engines engines = Engines.of(List.of(new EchoEngine("ort"), new EchoEngine("ort")));

    assertThat(engines.all()).hasSize(1);
    assertThat(withJar(jar, EchoEngine.class.getName()).names())
        .containsExactly("ort", "genai", "echo");
  }

  @Test
  void aJarWithABrokenEngineStopsOnlyThoseWhoLookForIt(@TempDir Path jar) throws IOException {
    Engines engines = withJar(jar, "no.such.Engine");

    assertThat(engines.find("ort").name()).isEqualTo("ort");
    assertThatThrownBy(() -> engines.find("fast"))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("an engine that was added does not load")
        .hasMessageContaining("no.such.Engine");
  }

  /** The class path with one more entry that names an engine, as a jar does. */
  private static Engines withJar(Path jar, String engine) throws IOException {
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.writeString(services.resolve(Engine.class.getName()), engine + "\n");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(new URLClassLoader(new URL[] {url(jar)}, before));
    try {
      return Engines.load();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }
}
