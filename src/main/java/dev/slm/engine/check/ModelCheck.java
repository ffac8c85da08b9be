package dev.slm.engine.check;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A model folder that passed: what its configuration says, how much memory it takes, and whether
 * its files are those of its manifest.
 *
 * @param weightBytes bytes of the graph and its data
 * @param cacheElementBytes bytes of one number of the KV cache
 * @param isIntact whether a manifest stands for every byte that could harm; who wrote it is not
 *     known
 * @param isInt4 whether weights have four bits already
 * @param switchesRotations whether it rotates positions by the length that it is given, as the Phi
 *     3.5 and Phi 4 of the genai model builder do: it cannot be told what is still to come
 */
public record ModelCheck(
    Path folder,
    RuntimeConfig config,
    long weightBytes,
    int cacheElementBytes,
    boolean isIntact,
    boolean isInt4,
    boolean switchesRotations) {

  /** Where they switch: onnxruntime-genai computes everything again at this length, too. */
  private static final int SWITCH = 4096;

  private static final long MOST_MANIFEST_BYTES = 64 << 20;

  /**
   * Files up to this size are hashed again when they may have changed; of larger ones the size must
   * agree.
   */
  private static final long HASHED_BYTES = 64 << 20;

  /** Judges a folder, or throws a problem that names the file and what is wrong with it. */
  public static ModelCheck of(Path folder) {
    boolean isIntact = isIntact(folder);
    RuntimeConfig config = RuntimeConfig.read(folder);
    Path file = folder.resolve(config.graph());
    if (!Files.isRegularFile(file)) {
      throw Problem.badFile("'" + file + "' is missing").next("doctor " + folder);
    }
    OnnxModel model = parse(file);
    ExternalData externalData = new ExternalData(folder, isIntact);
    List<String> mistakes = judge(file, model, externalData);
    if (!mistakes.isEmpty()) {
      throw Shown.refusal(file, String.join("; ", mistakes)).next("doctor " + folder);
    }
    long bytes = externalData.bytes() + sizeOf(file);
    boolean isInt4 =
        has(model, node -> node.op().equals("MatMulNBits") && node.integer("bits", 4) == 4);
    boolean switches = has(model, node -> node.op().equals("If"));
    return new ModelCheck(
        folder, config, bytes, cacheElementBytes(model, config), isIntact, isInt4, switches);
  }

  /** Tokens that an engine can compute in pieces without mixing two kinds of rotations. */
  public int longestInPieces() {
    return switchesRotations ? Math.min(SWITCH, config.contextLength()) : config.contextLength();
  }

  /** Bytes of keys and values of all layers for one token. */
  public long bytesPerToken() {
    return 2L * config.layers() * config.keyValueHeads() * config.headSize() * cacheElementBytes;
  }

  private static OnnxModel parse(Path file) {
    try {
      return OnnxModel.read(file);
    } catch (ProtoReader.Malformed e) {
      throw Shown.refusal(file, "not an ONNX graph: it has " + e.getMessage()).causedBy(e);
    }
  }

  private static List<String> judge(Path file, OnnxModel model, ExternalData externalData) {
    try {
      return new GraphRules(externalData).check(model);
    } catch (ArithmeticException e) {
      throw Shown.refusal(file, "has a tensor larger than any file").causedBy(e);
    }
  }

  private static boolean has(OnnxModel model, Predicate<OnnxModel.Node> what) {
    return model.graph().nodes().stream().anyMatch(what);
  }

  private static int cacheElementBytes(OnnxModel model, RuntimeConfig config) {
    ElementType type =
        ElementType.of(model.graph().inputTypes().getOrDefault(config.pastKey(0), 1));
    return type == null ? Float.BYTES : (int) Math.max(1, type.bytes(1));
  }

  /** A manifest that agrees with the files. */
  private static boolean isIntact(Path folder) {
    Path file = folder.resolve(Manifest.FILE_NAME);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      JsonNode files = Json.tree(file, MOST_MANIFEST_BYTES).path("files");
      Set<String> covered = new LinkedHashSet<>(List.of(Manifest.FILE_NAME));
      files.forEach(entry -> covered.add(entry.path("path").asString("")));
      Optional<Seal> seal = Seal.of(folder, List.copyOf(covered), Instant.now());
      if (seal.filter(Seal::isUnbroken).isPresent()) {
        return true;
      }
      boolean agrees = covered.containsAll(List.of(RuntimeConfig.FILE_NAME, "model.onnx"));
      for (JsonNode entry : files) {
        agrees &= isIntact(folder, entry);
      }
      if (agrees) {
        seal.ifPresent(Seal::keep);
      }
      return agrees;
    } catch (Problem e) {
      return false;
    }
  }

  private static boolean isIntact(Path folder, JsonNode entry) {
    Path file = folder.resolve(entry.path("path").asString("")).normalize();
    long size = entry.path("size").asLong(-1);
    try {
      return file.startsWith(folder)
          && Files.isRegularFile(file)
          && Files.size(file) == size
          && (size > HASHED_BYTES || sha256(file).equals(entry.path("sha256").asString("")));
    } catch (IOException e) {
      return false;
    }
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static long sizeOf(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }
}
