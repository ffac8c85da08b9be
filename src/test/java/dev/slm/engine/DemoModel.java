package dev.slm.engine;

import dev.slm.base.Json;
import dev.slm.base.Progress;
import dev.slm.convert.Converter;
import dev.slm.engine.check.Tried;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** The bundled model, converted once per test run, with a manifest as the cache writes it. */
public final class DemoModel {
  private static final Path CHECKPOINT = Path.of("src/model/checkpoint");
  private static final Map<Precision, Path> FOLDERS = new EnumMap<>(Precision.class);

  private DemoModel() {}

  private static final List<Reference> REFERENCES = readReferences();

  /** A case of {@code reference.json}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, only read
  public record Reference(String prompt, int[] promptIds, int[] greedyIds) {}

  public static synchronized Path folder(Precision precision) {
    return FOLDERS.computeIfAbsent(precision, DemoModel::convert);
  }

  public static List<Reference> references() {
    return REFERENCES;
  }

  private static List<Reference> readReferences() {
    List<Reference> references = new ArrayList<>();
    for (JsonNode node : Json.tree(Path.of("src/model/reference.json"), 1 << 20).path("cases")) {
      references.add(
          new Reference(
              node.path("prompt").asString(),
              ints(node.path("prompt_ids")),
              ints(node.path("greedy_ids"))));
    }
    return references;
  }

  /** A prompt of any length that is plain conversation. */
  public static int[] longPrompt(int length) {
    List<Integer> ids = new ArrayList<>();
    while (ids.size() < length) {
      for (Reference reference : references()) {
        IntStream.of(reference.promptIds()).forEach(ids::add);
        IntStream.of(reference.greedyIds()).forEach(ids::add);
      }
    }
    return ids.stream().limit(length).mapToInt(Integer::intValue).toArray();
  }

  /** A copy that tests may spoil; without the manifest it is a stranger's folder. */
  public static Path strangersCopy(Path target) {
    try (Stream<Path> files = Files.list(folder(Precision.FP32))) {
      Files.createDirectories(target);
      for (Path file : files.toList()) {
        if (!file.endsWith(Manifest.FILE_NAME)) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] ints(JsonNode node) {
    return IntStream.range(0, node.size()).map(i -> node.get(i).asInt()).toArray();
  }

  private static Path convert(Precision precision) {
    try {
      Path folder = Files.createTempDirectory("slm-demo-" + precision.id());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      Family family = Family.read(Path.of("profiles/families/qwen2.json"));
      boolean isTied = Converter.architecture(CHECKPOINT, family).isTied();
      try (Encoder encoder = new Encoder(WeightOptions.of(precision), isTied, 1, Progress.NONE)) {
        Converter.convert(CHECKPOINT, family, encoder, "slm-demo", folder, Progress.NONE);
      }
      seal(folder, precision);
      Tried.add(folder, Engines.DEFAULT);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the manifest, as anybody can who knows its format. */
  public static void seal(Path folder, Precision precision) throws IOException {
    List<Manifest.FileEntry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        entries.add(
            new Manifest.FileEntry(
                file.getFileName().toString(), Files.size(file), sha256(file), List.of()));
      }
    }
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT,
            "slm-demo-" + precision.id(),
            "slm-demo",
            Manifest.Kind.MODEL,
            precision,
            "qwen2",
            3_542_784,
            2048,
            new Manifest.Source("slm-demo", ""),
            precision.id(),
            Map.of(),
            "apache-2.0",
            "test",
            Instant.EPOCH,
            Map.of(),
            entries);
    Files.writeString(folder.resolve(Manifest.FILE_NAME), Json.pretty(manifest));
  }

  private static String sha256(Path file) throws IOException {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException ignored) {
      // the system's temporary folder is cleaned by the system
    }
  }
}
