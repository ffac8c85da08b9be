package dev.slm.engine.check;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.model.Manifest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * What was made on this machine, or loaded well in a process of its own, remembered by the hashes
 * of its files. Kept outside of the models' folders: what lies in those came with the model, and a
 * stranger can write a manifest as well as we can.
 */
public final class Tried {
  private static final long MOST_MANIFEST_BYTES = 64 << 20;

  private static final Remembered KEPT = Remembered.of("tried");

  private Tried() {}

  /** Whether an engine may load these files without trying them first. */
  static boolean contains(Path folder, String engine) {
    return record(folder, engine).flatMap(KEPT::read).isPresent();
  }

  /** Remembers a folder with a manifest; any other is tried each time. */
  public static void add(Path folder, String engine) {
    record(folder, engine).ifPresent(name -> KEPT.write(name, ""));
  }

  private static Optional<String> record(Path folder, String engine) {
    Path manifest = folder.resolve(Manifest.FILE_NAME);
    if (!Files.isRegularFile(manifest)) {
      return Optional.empty();
    }
    try {
      JsonNode files = Json.tree(manifest, MOST_MANIFEST_BYTES).path("files");
      String text =
          StreamSupport.stream(files.spliterator(), false)
              .map(Tried::line)
              .sorted()
              .collect(Collectors.joining("", engine + "\n", ""));
      return Optional.of(sha256(text));
    } catch (Problem _) {
      return Optional.empty();
    }
  }

  private static String line(JsonNode file) {
    // a format would load what formats of all languages need
    return file.path("path").asString("")
        + " "
        + file.path("size").asLong(-1)
        + " "
        + file.path("sha256").asString("")
        + "\n";
  }

  private static String sha256(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
