package dev.slm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Our engine beside its peers on random weights of the same shape: interleaved runs, each in a
 * process of its own with a time limit and with an AOT cache of its classes, as our launcher starts
 * the product; medians and ratios. Start with {@code src/build/bench-engines.sh DIR}.
 */
final class EngineBenchmark {
  /** The folders of the models below the benchmark's. */
  static final String MODEL = "onnx";

  static final String BUILT_MODEL = "onnx-32";

  /** What onnxruntime-genai's model builder takes unless it is told otherwise. */
  private static final int BUILDERS_BLOCK = 32;

  private static final String OURS = "slm";

  private EngineBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    int block = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 128;
    prepare(folder, MODEL, block);
    prepare(folder, BUILT_MODEL, BUILDERS_BLOCK);
    if (!Files.exists(folder.resolve("model.gguf"))) {
      GgufModel.write(folder.resolve("model.gguf"));
    }
    List<String> names =
        List.of(arguments).subList(Math.min(3, arguments.length), arguments.length);
    describe(block, rounds);
    compare(folder, rounds, names);
  }

  private static void prepare(Path folder, String name, int block) throws IOException {
    if (!Files.exists(folder.resolve(name).resolve("model.onnx"))) {
      SyntheticModel.prepare(folder, name, block);
    }
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
    List<Peer> peers = new ArrayList<>();
    for (Peer peer : Peer.all(folder)) {
      boolean isWanted = names.isEmpty() || names.contains(peer.name());
      // what fails once is told once and holds nobody up
      if (isWanted && peer.rehearse(folder) != null) {
        peers.add(peer);
      }
    }
    List<Map<String, Measured>> seen = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      Map<String, Measured> turn = new LinkedHashMap<>();
      for (Peer peer : peers) {
        Measured measured = peer.run(folder);
        if (measured != null) {
          System.out.println(peer.name() + " " + measured.line());
          turn.put(peer.name(), measured);
        }
      }
      seen.add(turn);
    }
    report(peers.stream().map(Peer::name).toList(), seen);
  }

  private static void report(List<String> names, List<Map<String, Measured>> rounds) {
    System.out.println(
        "median: load s, second load s, load and first token s, prefill tokens/s, decode tokens/s, peak MiB");
    for (String name : names) {
      List<Measured> all = rounds.stream().flatMap(round -> of(round, name)).toList();
      System.out.println(name + " " + Measured.median(all).line());
    }
    System.out.println("median of the rounds' ratios, which a busy minute hits less:");
    for (String name : names) {
      List<Measured> ratios =
          rounds.stream()
              .flatMap(
                  round -> of(round, OURS).flatMap(ours -> of(round, name).map(ours::dividedBy)))
              .toList();
      if (!name.equals(OURS) && !ratios.isEmpty()) {
        Measured ratio = Measured.median(ratios);
        System.out.printf(
            "%s / %s: load %.2f, second load %.2f, first %.2f, prefill %.2f, decode %.2f, memory %.2f%n",
            OURS,
            name,
            ratio.loadSeconds(),
            ratio.againSeconds(),
            ratio.firstSeconds(),
            ratio.prefill(),
            ratio.decode(),
            ratio.peakMib());
      }
    }
  }

  /** A program that failed in a round has no figure for it. */
  private static Stream<Measured> of(Map<String, Measured> round, String name) {
    return Stream.ofNullable(round.get(name));
  }
}
