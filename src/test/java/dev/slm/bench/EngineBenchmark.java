package dev.slm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Our engine beside its peers on random weights of the same shape: interleaved runs, each in a
 * process of its own with a time limit and with an AOT cache of its classes, as our launcher starts
 * the product; medians and ratios. Start with {@code src/build/bench-engines.sh DIR}.
 */
final class EngineBenchmark {
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
    List<String> names =
        List.of(arguments).subList(Math.min(3, arguments.length), arguments.length);
    describe(block, rounds);
    compare(folder, rounds, names);
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

  private static void compare(Path folder, int rounds, List<String> names)
      throws IOException, InterruptedException {
    Map<String, List<Measured>> runs = new LinkedHashMap<>();
    List<Peer> peers = new ArrayList<>();
    for (Peer peer : Peer.all(folder)) {
      boolean isWanted = names.isEmpty() || names.contains(peer.name());
      // what fails once is told once and holds nobody up
      if (isWanted && peer.rehearse(folder) != null) {
        peers.add(peer);
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (Peer peer : peers) {
        Measured measured = peer.run(folder);
        if (measured != null) {
          System.out.println(peer.name() + " " + measured.line());
          runs.computeIfAbsent(peer.name(), _ -> new ArrayList<>()).add(measured);
        }
      }
    }
    report(runs);
  }

  private static void report(Map<String, List<Measured>> runs) {
    System.out.println(
        "median: load s, load and first token s, prefill tokens/s, decode tokens/s, peak MiB");
    runs.forEach((name, all) -> System.out.println(name + " " + Measured.median(all).line()));
    List<Measured> ours = runs.get("slm");
    for (String name : runs.keySet()) {
      if (!name.equals("slm") && ours != null) {
        Measured mine = Measured.median(ours);
        Measured peer = Measured.median(runs.getOrDefault(name, List.of()));
        System.out.printf(
            "slm / %s: load %.2f, first %.2f, prefill %.2f, decode %.2f, memory %.2f%n",
            name,
            mine.loadSeconds() / peer.loadSeconds(),
            mine.firstSeconds() / peer.firstSeconds(),
            mine.prefill() / peer.prefill(),
            mine.decode() / peer.decode(),
            mine.peakMib() / peer.peakMib());
      }
    }
  }
}
