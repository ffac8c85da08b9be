package dev.slm.format;

import static dev.slm.format.SafetensorsFile.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every rule of the format has a file that breaks it, and a message that says which. */
class SafetensorsAttackTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void aFileThatIsTooShortIsRefused(int size) throws IOException {
    Files.write(file, new byte[size]);

    assertRefused("header length", "the file has " + size + " bytes");
  }

  @Test
  void anEmptyHeaderIsRefused() {
    SafetensorsFile.write(file, "");

    assertRefused("header", "does not begin with '{'");
  }

  @Test
  void aHeaderWithoutDataIsRefused() {
    SafetensorsFile.write(file, "{" + entry("w", "\"F32\"", "[2]", "[0,8]") + "}");

    assertRefused("data", "0 bytes of weights", "needs 8");
  }

  @Test
  void aHeaderLongerThanTheFileIsRefused() {
    SafetensorsFile.write(file, 1000, new byte[92]);

    assertRefused("header length", "is 1000", "100 bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {100_000_001, 1L << 31, Long.MIN_VALUE, -1})
  void anImpossibleHeaderLengthIsRefusedBeforeItIsAllocated(long length) {
    SafetensorsFile.write(file, length, new byte[8]);

    assertRefused("header length", "is " + Long.toUnsignedString(length), "100000000");
  }

  @Test
  void aHeaderThatIsNotTextIsRefused() {
    SafetensorsFile.write(file, 4, new byte[] {'{', '"', (byte) 0xFF, '}'});

    assertRefused("header", "is not UTF-8 at byte 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "\"x\"", " {}", "\uFEFF{}", "null"})
  void aHeaderThatDoesNotBeginAsAnObjectIsRefused(String header) {
    SafetensorsFile.write(file, header);

    assertRefused("header", "does not begin with '{'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "{\"a\"", "{\"a\":}", "{a:1}", "{}\0", "{}x", "{}{}", "{,}"})
  void aHeaderThatIsNotJsonIsRefused(String header) {
    SafetensorsFile.write(file, header);

    assertRefused("header");
  }

  @Test
  void spacesBehindTheHeaderAreFine() {
    SafetensorsFile.write(file, "{}    ");

    Safetensors.open(file).close();
  }

  @Test
  void deepNestingIsRefused() {
    SafetensorsFile.write(file, "{\"a\":{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}}");

    assertRefused("header", "not valid JSON");
  }

  @Test
  void aNameThatOccursTwiceIsRefused() {
    String entry = entry("w", "\"F32\"", "[1]", "[0,4]");
    SafetensorsFile.write(file, "{" + entry + "," + entry + "}", new byte[4]);

    assertRefused("header", "w");
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "{\"a\":1}", "{\"a\":{}}", "[]"})
  void metadataHoldsTextsOnly(String metadata) {
    SafetensorsFile.write(file, "{\"__metadata__\":" + metadata + "}");

    assertRefused("__metadata__");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\\n\\u001b[31m", "a\\u202eb", "\\ud83d\\ude00", "../x", "__metadata__x"})
  void oddNamesAreReadAndNeverObeyed(String name) {
    SafetensorsFile.write(file, "{" + entry(name, "\"I8\"", "[1]", "[0,1]") + "}", new byte[1]);

    try (Safetensors weights = Safetensors.open(file)) {
      String read = weights.tensors().keySet().iterator().next();
      assertThatThrownBy(() -> weights.matrix(read))
          .isInstanceOf(Problem.class)
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b", "\n", "\u202e"));
    }
  }

  @Test
  void aLongNameIsShortenedInMessages() {
    String name = "n".repeat(40_000);
    SafetensorsFile.write(file, "{" + entry(name, "\"F99\"", "[1]", "[0,1]") + "}", new byte[1]);

    assertThatThrownBy(this::open)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(240 + file.toString().length()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\\ud800"})
  void namesWithoutTextAreRefused(String name) {
    SafetensorsFile.write(file, "{" + entry(name, "\"I8\"", "[1]", "[0,1]") + "}", new byte[1]);

    assertRefused("header");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"F99\"", "\"f32\"", "null", "7", "\"\"", "[]"})
  void unknownTypesAreRefused(String type) {
    SafetensorsFile.write(file, "{" + entry("w", type, "[1]", "[0,4]") + "}", new byte[4]);

    assertRefused("tensor 'w' dtype");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[-1]",
        "[-0]",
        "[1.5]",
        "[1e2]",
        "[\"2\"]",
        "[9223372036854775808]",
        "[4294967296,4294967296]",
        "[2147483648,2147483648,4]",
        "[1,1,1,1,1,1,1,1,1]",
        "null",
        "7",
        "[[1]]"
      })
  void impossibleShapesAreRefused(String shape) {
    SafetensorsFile.write(file, "{" + entry("w", "\"F32\"", shape, "[0,4]") + "}", new byte[4]);

    assertRefused("tensor 'w' shape");
  }

  @Test
  void scalarsAndEmptyTensorsAreFine() {
    String header =
        "{"
            + entry("s", "\"F32\"", "[]", "[0,4]")
            + ","
            + entry("e", "\"F32\"", "[0,7]", "[4,4]")
            + "}";
    SafetensorsFile.write(file, header, new byte[4]);

    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(weights.tensors()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[0]", "[0,1,2]", "[8,0]", "[-4,0]", "[0,9223372036854775808]", "{}"})
  void impossibleRangesAreRefused(String offsets) {
    SafetensorsFile.write(file, "{" + entry("w", "\"F32\"", "[1]", offsets) + "}", new byte[4]);

    assertRefused("tensor 'w' data_offsets");
  }

  @Test
  void manyTensorsOnTheSameBytesAreRefusedAtOnce() {
    String header =
        IntStream.range(0, 100_000)
            .mapToObj(i -> entry("w" + i, "\"F32\"", "[40000]", "[0,160000]"))
            .collect(Collectors.joining(",", "{", "}"));
    SafetensorsFile.write(file, header, new byte[160_000]);

    assertRefused("data_offsets", "overlaps");
  }

  @Test
  void gapsBetweenTensorsAreRefused() {
    String header =
        "{"
            + entry("a", "\"F32\"", "[1]", "[0,4]")
            + ","
            + entry("b", "\"F32\"", "[1]", "[8,12]")
            + "}";
    SafetensorsFile.write(file, header, new byte[12]);

    assertRefused("tensor 'b' data_offsets", "leaves a gap");
  }

  @Test
  void bytesBehindTheLastTensorAreRefused() {
    SafetensorsFile.write(
        file, "{" + entry("a", "\"F32\"", "[1]", "[0,4]") + "}", new byte[] {0, 0, 0, 0, 'P', 'K'});

    assertRefused("data", "2 bytes follow the last tensor");
  }

  @Test
  void aRangeThatDoesNotFitTheShapeIsRefused() {
    SafetensorsFile.write(file, "{" + entry("w", "\"F32\"", "[2]", "[0,4]") + "}", new byte[4]);

    assertRefused("tensor 'w' data_offsets", "hold 4 bytes (expected 8");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20})
  void aFileThatWasCutOffSaysHowMuchIsMissing(int missing) {
    SafetensorsFile.write(
        file, "{" + entry("w", "\"F32\"", "[10]", "[0,40]") + "}", new byte[40 - missing]);

    assertRefused("the file has " + (40 - missing) + " bytes of weights, its header needs 40");
  }

  @Test
  void halfBytesAreRefused() {
    SafetensorsFile.write(file, "{" + entry("w", "\"F4\"", "[3]", "[0,2]") + "}", new byte[2]);

    assertRefused("tensor 'w' shape", "whole bytes");
  }

  @Test
  void aGitLfsPointerIsRecognized() throws IOException {
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n");

    assertRefused("is a Git LFS pointer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PK\u0003\u0004rest of a zip file", "\u0080\u0002}q\u0000.more bytes"})
  void aPickleIsRecognized(String text) throws IOException {
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));

    assertRefused("is a PyTorch pickle", "can run any code");
  }

  @ParameterizedTest
  @ValueSource(ints = {99_994, 99_998, 100_000})
  void headersNearRoundSizesAreFine(int size) {
    SafetensorsFile.write(file, "{" + " ".repeat(size - 2) + "}");

    Safetensors.open(file).close();
  }

  @Test
  void aHugeFileIsNotReadToOpenIt() throws IOException {
    long terabyte = 1L << 40;
    String header = "{" + entry("w", "\"U8\"", "[" + terabyte + "]", "[0," + terabyte + "]") + "}";
    SafetensorsFile.write(file, header);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), 8 + header.length() + terabyte - 1);
    }

    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(weights.bytes()).isEqualTo(terabyte);
    }
  }

  @Test
  void aFolderInPlaceOfAFileIsRefused() throws IOException {
    Files.createDirectory(file);

    assertThatThrownBy(() -> Safetensors.open(folder)).isInstanceOf(Problem.class);
  }

  private void open() {
    Safetensors.open(file).close();
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(this::open)
        .isInstanceOf(Problem.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(parts);
  }
}
