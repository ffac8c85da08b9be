package dev.slm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Our engine beside its peers on the same random weights: interleaved runs, each in a process of
 * its own with a time limit, medians and ratios. Start with {@code src/build/bench-engines.sh DIR}.
 */
final class EngineBenchmark {
  private static final long LIMIT_SECONDS = 180;

  private EngineBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    int block = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 128;
    if (!Files.exists(folder.resolve("onnx/model.onnx"))) {
      SyntheticModel.prepare(folder, block);
    }
    if (!Files.exists(folder.resolve("model.gguf"))) {
      GgufModel.write(folder.resolve("model.gguf"));
    }
    describe(block, rounds);
    compare(folder, programs(), rounds);
  }

  private static void describe(int block, int rounds) {
    System.out.printf(
        "%s, %d processors, Java %s, Qwen2.5-0.5B shape, seed %d, int4 block %d symmetric"
            + " accuracy level 4, prompt %d, answer %d, %d rounds%n",
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        SyntheticModel.SEED,
        block,
        Measured.PROMPT,
        Measured.ANSWER,
        rounds);
    System.out.printf("memory read by all processors: %.1f GB/s%n", Bandwidth.gigabytesPerSecond());
  }

  private static Map<String, String> programs() {
    Map<String, String> programs = new LinkedHashMap<>();
    programs.put("slm", OurRun.class.getName());
    String peer = "dev.slm.bench.LlamaRun";
    try {
      Class.forName(peer, false, EngineBenchmark.class.getClassLoader());
      programs.put("llama.cpp", peer);
    } catch (ClassNotFoundException e) {
      System.out.println("llama.cpp is left out: build with -Ppeers");
    }
    return programs;
  }

  private static void compare(Path folder, Map<String, String> programs, int rounds)
      throws IOException, InterruptedException {
    Map<String, List<Measured>> runs = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<String, String> program : programs.entrySet()) {
        Measured measured = run(program.getValue(), folder);
        System.out.println(
            program.getKey() + " " + (measured == null ? "failed" : measured.line()));
        if (measured != null) {
          runs.computeIfAbsent(program.getKey(), _ -> new ArrayList<>()).add(measured);
        }
      }
    }
    report(runs);
  }

  private static void report(Map<String, List<Measured>> runs) {
    System.out.println("median: load s, prefill tokens/s, decode tokens/s, peak MiB");
    runs.forEach((name, all) -> System.out.println(name + " " + Measured.median(all).line()));
    List<Measured> ours = runs.get("slm");
    for (String name : runs.keySet()) {
      if (!name.equals("slm") && ours != null) {
        Measured mine = Measured.median(ours);
        Measured peer = Measured.median(runs.getOrDefault(name, List.of()));
        System.out.printf(
            "slm / %s: load %.2f, prefill %.2f, decode %.2f, memory %.2f%n",
            name,
            mine.loadSeconds() / peer.loadSeconds(),
            mine.prefill() / peer.prefill(),
            mine.decode() / peer.decode(),
            mine.peakMib() / peer.peakMib());
      }
    }
  }

  private static @Nullable Measured run(String program, Path folder)
      throws IOException, InterruptedException {
    Path result = Files.createTempFile("slm-bench", "");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                program,
                folder.toString(),
                result.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String line = Files.readString(result);
    Files.delete(result);
    return line.isEmpty() ? null : Measured.parse(line);
  }
}
