package dev.slm.cache;

import dev.slm.base.Progress;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Small models for tests of the cache, and of everything that looks into one. */
public final class Models {
  public static final int WEIGHT_BYTES = 10_000;

  private Models() {}

  /** Adds a model named {@code alias-precision} whose weights come from a seed. */
  public static CachedModel add(ModelCache cache, String alias, Precision precision, long seed)
      throws IOException {
    Manifest facts = facts(alias, precision);
    try (Staging staging = cache.stage("Qwen", facts.name())) {
      fill(staging.folder(), facts.name(), seed);
      return staging.commit(facts, Progress.NONE);
    }
  }

  public static Manifest facts(String alias, Precision precision) {
    return new Manifest(
        Manifest.FORMAT,
        alias + "-" + precision.id(),
        alias,
        Manifest.Kind.MODEL,
        precision,
        "qwen2",
        494_000_000,
        32_768,
        new Manifest.Source("Qwen/" + alias, "main"),
        precision.id(),
        Map.of("blockSize", "128"),
        "apache-2.0",
        "test",
        Instant.parse("2026-01-31T12:00:00Z"),
        Map.of(),
        List.of());
  }

  /** Writes what any runtime model has; the names are those of onnxruntime-genai. */
  public static void fill(Path folder, String name, long seed) throws IOException {
    byte[] weights = new byte[WEIGHT_BYTES];
    new Random(seed).nextBytes(weights);
    Files.createDirectories(folder);
    Files.write(folder.resolve("model.onnx.data"), weights);
    Files.writeString(folder.resolve("model.onnx"), "graph " + seed);
    Files.writeString(
        folder.resolve("genai_config.json"),
        "{\"model\": {\"type\": \"qwen2\", \"context_length\": 2048}}");
    Files.writeString(folder.resolve("inference_model.json"), "{\"Name\": \"%s\"}".formatted(name));
  }
}
