package dev.slm.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import dev.slm.testing.AtOnce;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand damaged files: each is read, or refused in one line that names it, at once. */
class SafetensorsMutationTest {
  private static final int FILES = 10_000;
  private static final long SEED = 20_261_121;
  private static final String[] WORDS = {
    "-1", "0", "1e400", "9223372036854775807", "18446744073709551616", "null", "\"\"", "[]", "{}",
    "\"F32\"", "\"f32\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", ",", ":", "[", "]",
    "{", "}", "\\ud800", "\\u001b[31m", "\u202e", " ", "4294967296"
  };

  @TempDir private Path folder;

  @Test
  void noDamageEndsInAnythingButAProblem() throws IOException {
    Path whole = folder.resolve("seed");
    new SafetensorsFile()
        .add(
            "model.embed_tokens.weight", StoredType.BF16, new long[] {4, 2}, 1, 2, 3, 4, 5, 6, 7, 8)
        .add("model.norm.weight", StoredType.F32, new long[] {2}, 1, 2)
        .add("lm_head.weight", StoredType.F16, new long[] {1, 3}, 1, 2, 3)
        .write(whole);
    byte[] good = Files.readAllBytes(whole);
    Path file = folder.resolve("model.safetensors");
    Set<Integer> refused = new HashSet<>();
    for (int i = 0; i < FILES; i++) {
      byte[] damaged = damage(good, new Random(SEED + i));
      // rewriting a file in place makes the file system wait for the disk
      Files.deleteIfExists(file);
      Files.write(file, damaged);
      int number = i;
      String seed = "seed " + (SEED + i);
      AtOnce.run(
          seed,
          () -> {
            if (check(file, seed)) {
              refused.add(number);
            }
          });
    }

    assertThat(refused).hasSizeGreaterThan(FILES / 2);
  }

  /** Whether the file was refused; whatever is accepted can be read to its last number. */
  private static boolean check(Path file, String seed) {
    try (Safetensors weights = Safetensors.open(file)) {
      for (Safetensors.Tensor tensor : weights.tensors().values()) {
        if (tensor.type().isWeight() && tensor.shape().size() == 2) {
          WeightMatrix matrix = weights.matrix(tensor.name());
          matrix.read(0, matrix.rows(), new float[matrix.rows() * matrix.columns()]);
        }
      }
      return false;
    } catch (Problem problem) {
      String message = String.valueOf(problem.getMessage());
      assertThat(message).as(seed).contains(file.toString());
      assertThat(message.codePoints().filter(Character::isISOControl).count())
          .as(seed + ": " + message)
          .isZero();
      return true;
    }
  }

  /** Mostly changes within the header's text, so that damage gets past the first check. */
  private static byte[] damage(byte[] good, Random random) {
    int headerLength = (good[0] & 0xFF) + ((good[1] & 0xFF) << 8);
    if (random.nextInt(10) < 3) {
      byte[] bytes = good.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
      return Arrays.copyOf(bytes, length);
    }
    String header = new String(good, 8, headerLength, StandardCharsets.UTF_8);
    for (int i = 0; i <= random.nextInt(3); i++) {
      int at = random.nextInt(header.length());
      int end = Math.min(header.length(), at + random.nextInt(6));
      header =
          header.substring(0, at) + WORDS[random.nextInt(WORDS.length)] + header.substring(end);
    }
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = new byte[good.length - headerLength + json.length];
    bytes[0] = (byte) json.length;
    bytes[1] = (byte) (json.length >> 8);
    System.arraycopy(json, 0, bytes, 8, json.length);
    System.arraycopy(
        good, 8 + headerLength, bytes, 8 + json.length, good.length - 8 - headerLength);
    return bytes;
  }
}
