package dev.slm.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A program that answers, run in processes of its own.
 *
 * @param arguments what its class gets behind the folder and the file of its result
 * @param options of its JVM
 * @param training more options while its AOT cache is made
 */
record Peer(
    String name,
    String program,
    List<String> arguments,
    List<String> options,
    List<String> training) {
  /** onnxruntime-genai with what its own model builder makes unless it is told otherwise. */
  static final String BUILT = "genai-32";

  private static final long LIMIT_SECONDS = 120;

  /** Jlama quantizes its model in its first run: half a minute on a quiet machine. */
  private static final long FIRST_LIMIT_SECONDS = 300;

  /** What our launcher gives; llama.cpp, whose work is native like ours, starts faster so, too. */
  private static final List<String> LAUNCHER = List.of("-XX:CompileThresholdScaling=3");

  private static final List<String> WITHOUT_PROFILES =
      List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

  /**
   * Those that can be had; of the others, why not. Native libraries are unpacked once, as in an
   * installation.
   */
  static List<Peer> all(Path folder) throws IOException {
    List<String> options = new ArrayList<>(Libraries.unpack(folder.resolve("natives")));
    options.addAll(LAUNCHER);
    List<Peer> peers = new ArrayList<>();
    peers.add(ours("slm", "ort", EngineBenchmark.MODEL, options));
    List<String> smallPages = new ArrayList<>(options);
    smallPages.add("-Dslm.pages.small=true");
    peers.add(ours("slm-small-pages", "ort", EngineBenchmark.MODEL, smallPages));
    peers.add(ours("genai", "genai", EngineBenchmark.MODEL, options));
    peers.add(ours(BUILT, "genai", EngineBenchmark.BUILT_MODEL, options));
    peers.add(
        new Peer("llama.cpp", "dev.slm.bench.LlamaRun", List.of(), options, WITHOUT_PROFILES));
    peers.add(
        new Peer(
            "jlama",
            "dev.slm.bench.JlamaRun",
            List.of(),
            List.of("--add-modules=jdk.incubator.vector", "-Xmx4g"),
            List.of()));
    return peers.stream().filter(Peer::isThere).toList();
  }

  private static Peer ours(String name, String engine, String model, List<String> options) {
    List<String> arguments = List.of(engine, model);
    return new Peer(name, OurRun.class.getName(), arguments, options, WITHOUT_PROFILES);
  }

  private boolean isThere() {
    try {
      Class.forName(program, false, Peer.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      System.out.println(name + " is left out: build with -Ppeers");
      return false;
    }
  }

  /**
   * Runs it for the first time: it may convert its model, the system caches its files, and the JVM
   * keeps its classes as our launcher lets it.
   */
  @Nullable Measured rehearse(Path folder) throws IOException, InterruptedException {
    List<String> caching = new ArrayList<>(training);
    caching.add("-XX:AOTCacheOutput=" + cache(folder));
    return run(folder, caching, FIRST_LIMIT_SECONDS);
  }

  /** One run; null, and a line that says why, when it gives no result in time. */
  @Nullable Measured run(Path folder) throws IOException, InterruptedException {
    return run(folder, List.of("-XX:AOTCache=" + cache(folder)), LIMIT_SECONDS);
  }

  private Path cache(Path folder) {
    return folder.resolve(name + ".aot");
  }

  private @Nullable Measured run(Path folder, List<String> caching, long limit)
      throws IOException, InterruptedException {
    Path result = Files.createTempFile("slm-bench", "");
    Path output = folder.resolve(name + ".log");
    Process process = command(folder, result, caching).redirectOutput(output.toFile()).start();
    boolean isDone = process.waitFor(limit, TimeUnit.SECONDS);
    if (!isDone) {
      process.destroyForcibly().waitFor();
    }
    String line = Files.readString(result);
    Files.delete(result);
    if (line.isEmpty()) {
      System.out.println(
          name + " gave no result: " + (isDone ? reason(output) : limit + " s were over"));
      return null;
    }
    return Measured.parse(line);
  }

  private ProcessBuilder command(Path folder, Path result, List<String> caching) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(caching);
    command.addAll(List.of("-Xlog:disable", "-Xlog:all=off"));
    command.addAll(options);
    command.addAll(List.of(program, folder.toString(), result.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
    return builder;
  }

  /** The first line that tells of an error. */
  private static String reason(Path output) throws IOException {
    return Files.readAllLines(output, StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.contains("Exception") || line.contains("Problem"))
        .findFirst()
        .orElse("see '" + output + "'");
  }
}
