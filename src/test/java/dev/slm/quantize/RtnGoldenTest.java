package dev.slm.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** The bytes of onnxruntime's own block quantizer, recorded by make-rtn.py beside the file. */
class RtnGoldenTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/quantize/rtn.json");

  @TestFactory
  Stream<DynamicTest> theBytesAreThoseOfTheRuntimesOwnQuantizer() {
    return Json.tree(GOLDEN, 1_000_000)
        .valueStream()
        .map(golden -> DynamicTest.dynamicTest(name(golden), () -> check(golden)));
  }

  private static String name(JsonNode golden) {
    return format(golden).label() + " of " + golden.get("rows") + "x" + golden.get("columns");
  }

  private static void check(JsonNode golden) {
    int rows = golden.get("rows").intValue();
    int columns = golden.get("columns").intValue();
    BlockFormat format = format(golden);
    float[] weights = weights(golden.get("seed").intValue(), rows, columns);
    EncodedRows encoded = new EncodedRows(format, rows, columns);
    RowQuantizer quantizer = new RowQuantizer(format, Algorithm.RTN, columns);
    for (int row = 0; row < rows; row++) {
      quantizer.quantize(weights, row * columns, encoded, row, new Findings());
    }

    int second = format.rowBytes(columns);
    byte[] first = Arrays.copyOfRange(encoded.numbers(), second, second + 16);
    assertThat(HexFormat.of().formatHex(first)).isEqualTo(golden.get("first").stringValue());
    assertThat(sha256(encoded.numbers())).isEqualTo(golden.get("numbers").stringValue());
    assertThat(sha256(bytes(encoded.scales()))).isEqualTo(golden.get("scales").stringValue());
    if (!format.symmetric()) {
      assertThat(sha256(encoded.zeros())).isEqualTo(golden.get("zeros").stringValue());
    }
  }

  private static BlockFormat format(JsonNode golden) {
    return new BlockFormat(
        golden.get("bits").intValue(),
        golden.get("size").intValue(),
        golden.get("symmetric").booleanValue());
  }

  /** The same weights as in make-rtn.py. */
  static float[] weights(int seed, int rows, int columns) {
    float[] values = new float[rows * columns];
    long state = seed;
    for (int i = 0; i < values.length; i++) {
      state = (state * 1103515245 + 12345) % (1L << 31);
      double value = (double) (state - (1L << 30)) / (1L << 30);
      values[i] = (float) (value * value * value * 0.25);
    }
    Arrays.fill(values, 0, Math.min(40, columns), 0);
    return values;
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
