package dev.slm.engine.check;

import static dev.slm.engine.check.OnnxBytes.external;
import static dev.slm.engine.check.OnnxBytes.longs;
import static dev.slm.engine.check.OnnxBytes.message;
import static dev.slm.engine.check.OnnxBytes.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.engine.DemoModel;
import dev.slm.engine.LoadSettings;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ModelCheckTest {
  private static final String MICROSOFT = "com.microsoft";

  @TempDir private Path work;
  private Path folder;
  private Path graph;

  @BeforeEach
  void copy() {
    folder = DemoModel.strangersCopy(work.resolve("stranger"));
    graph = folder.resolve("model.onnx");
  }

  @Test
  void aConvertedModelPassesInEveryPrecision() {
    for (Precision precision : Precision.values()) {
      ModelCheck check = ModelCheck.of(DemoModel.folder(precision));

      assertThat(check.isIntact()).as(precision.id()).isTrue();
      assertThat(check.weightBytes()).isGreaterThan(1_500_000);
      assertThat(check.bytesPerToken()).isEqualTo(2 * 32 * 2 * 4 * 4);
    }
  }

  @Test
  void aFolderWithoutAManifestIsNotKnown() {
    assertThat(ModelCheck.of(folder).isIntact()).isFalse();
  }

  @Test
  void aFileThatIsNotAsTheManifestSaysIsNoticed() throws IOException {
    Path ours = DemoModel.folder(Precision.FP32);
    Files.copy(ours.resolve("slm_manifest.json"), folder.resolve("slm_manifest.json"));
    assertThat(ModelCheck.of(folder).isIntact()).isTrue();

    OnnxBytes.extend(graph, message().part(1, node("", "Identity", "copy", "input_ids")));

    assertThat(ModelCheck.of(folder).isIntact()).isFalse();
  }

  /** Nobody waits for the clock's next tick here: later is a time in the future. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it does not tell when a file was changed")
  void aSealBreaksWithEveryChangeAndIsNotTrustedWithinATick() throws IOException {
    List<String> files = List.of("model.onnx");
    Instant later = Instant.now().plusSeconds(60);
    Seal before = Seal.of(folder, files, later).orElseThrow();
    assertThat(before.isUnbroken()).isFalse();
    before.keep();
    assertThat(Seal.of(folder, files, later))
        .hasValueSatisfying(it -> assertThat(it.isUnbroken()).isTrue());

    FileTime time = Files.getLastModifiedTime(graph);
    byte[] bytes = Files.readAllBytes(graph);
    bytes[bytes.length / 2] ^= 1;
    Files.write(graph, bytes);
    Files.setLastModifiedTime(graph, time);

    assertThat(Seal.of(folder, files, later))
        .hasValueSatisfying(it -> assertThat(it.isUnbroken()).isFalse());
    assertThat(Seal.of(folder, files, Instant.now())).isEmpty();
    assertThat(Seal.of(folder, List.of("missing"), later)).isEmpty();
  }

  @Test
  void nodesThatEndTheProcessAreRefused() throws IOException {
    assertRefused(
        node(MICROSOFT, "GatherBlockQuantized", "x", "w", "input_ids", "s")
            .integer("block_size", 0),
        "'evil' (GatherBlockQuantized) has block_size 0");
    assertRefused(
        node("", "Div", "x", "least", "minus"), "divides whole numbers by something that is not");
    assertRefused(
        node("", "Mod", "x", "least", "minus"), "divides whole numbers by something that is not");
    assertRefused(node("", "Div", "x", "least", "attention_mask"), "divides whole numbers");
    assertRefused(node("", "Loop", "x", "least"), "'evil' (Loop) uses the operator");
    assertRefused(node("", "Scan", "x", "least"), "uses the operator");
    assertRefused(node(MICROSOFT, "EPContext", "x"), "uses the operator");
    assertRefused(node("evil.domain", "Add", "x"), "uses the operator");
    assertRefused(node("", "A\u001b[31m\nB", "x"), "'evil' (A\\u001b[31m\\u000aB) uses");
    assertRefused(node("", "ConstantOfShape", "x", "huge"), "makes a tensor of 1073741824 numbers");
    assertRefused(
        node(MICROSOFT, "MatMulNBits", "x", "a", "b", "s")
            .integer("K", 64)
            .integer("N", 64)
            .integer("block_size", 7),
        "block_size 7");
    assertRefused(
        node(MICROSOFT, "GroupQueryAttention", "x")
            .integer("num_heads", 3)
            .integer("kv_num_heads", 2),
        "has 3 heads over 2");
  }

  private void assertRefused(OnnxBytes node, String what) throws IOException {
    copyAgain();
    OnnxBytes.extend(
        graph,
        message()
            .part(5, longs("least", Long.MIN_VALUE))
            .part(5, longs("minus", -1))
            .part(5, longs("huge", 1 << 15, 1 << 15))
            .part(1, node));

    assertRefused(what);
  }

  private void assertRefused(String what) {
    assertThatThrownBy(() -> ModelCheck.of(folder))
        .isInstanceOf(Problem.class)
        .hasMessageStartingWith("'" + graph + "': ")
        .hasMessageContaining(what)
        .message()
        .doesNotContainPattern("\\p{Cntrl}");
  }

  private void copyAgain() throws IOException {
    Files.copy(
        DemoModel.folder(Precision.FP32).resolve("model.onnx"),
        graph,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void dataOutsideOfTheFolderIsRefused() throws IOException {
    Path secret = Files.write(work.resolve("secret"), new byte[400]);
    Files.createLink(folder.resolve("hard"), secret);
    Files.createSymbolicLink(folder.resolve("soft"), secret);
    Files.createDirectory(folder.resolve("sub"));

    assertPlaceRefused("../secret", "not a plain path");
    assertPlaceRefused("sub/../../secret", "not a plain path");
    assertPlaceRefused(secret.toString(), "not a plain path");
    assertPlaceRefused("model.onnx.data\0junk", "not a plain path");
    assertPlaceRefused("..\\secret", "not a plain path");
    assertPlaceRefused("*/_ORT_MEM_ADDR_/*", "not a plain path");
    assertPlaceRefused("", "not a plain path");
    assertPlaceRefused(".", "not a plain path");
    assertPlaceRefused("/dev/zero", "not a plain path");
    assertPlaceRefused("hard", "hard link");
    assertPlaceRefused("soft", "leads out of the folder");
    assertPlaceRefused("sub", "not a file");
    assertPlaceRefused("missing", "not a file");
  }

  private void assertPlaceRefused(String location, String what) throws IOException {
    copyAgain();
    OnnxBytes.extend(graph, message().part(5, external("w", 100, "location", location)));
    assertRefused(what);
  }

  @Test
  void placesOutsideOfTheFileAreRefused() throws IOException {
    String data = "model.onnx.data";
    String[][] bad = {
      {"location", data, "offset", "-1"},
      {"location", data, "offset", "abc"},
      {"location", data, "offset", "9223372036854775807"},
      {"location", data, "offset", "999999999"},
      {"location", data, "length", "399"},
      {"location", data, "length", "1125899906842624"},
      {"location", data, "location", data},
      {"location", data, "__class__", "x"},
      {"location", data, "basepath", "/"},
    };
    for (String[] place : bad) {
      copyAgain();
      OnnxBytes.extend(graph, message().part(5, external("w", 100, place)));
      assertRefused("the tensor 'w'");
    }
  }

  @Test
  void aShortDataFileIsRefused() throws IOException {
    Path data = folder.resolve("model.onnx.data");
    byte[] bytes = Files.readAllBytes(data);
    Files.write(data, Arrays.copyOf(bytes, bytes.length - 5000));

    assertRefused("needs");
  }

  @Test
  void whatIsNoGraphIsRefused() throws IOException {
    byte[] good = Files.readAllBytes(graph);
    byte[][] bad = {
      {},
      "not a model".getBytes(StandardCharsets.UTF_8),
      Arrays.copyOf(good, good.length / 2),
      message().number(1, 10).bytes(7, new byte[] {1, 2, 3}).toBytes(),
      message().number(1, 10).part(7, message()).part(7, message()).toBytes(),
    };
    for (byte[] bytes : bad) {
      Files.write(graph, bytes);
      assertRefused("not an ONNX graph");
    }
  }

  @Test
  void functionsAndSparseConstantsAreRefused() throws IOException {
    Files.write(graph, message().number(1, 10).part(7, message()).part(25, message()).toBytes());
    assertRefused("defines functions of its own");

    copyAgain();
    OnnxBytes.extend(graph, message().part(15, message()));
    assertRefused("has sparse constants");
  }

  @Test
  void mutatedGraphsEndInAVerdict() throws IOException {
    byte[] good = Files.readAllBytes(graph);
    Random random = new Random(20261121);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = good.clone();
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Files.write(graph, bytes);
      try {
        ModelCheck.of(folder);
      } catch (Problem e) {
        assertThat(e.getMessage()).as("seed 20261121, round %d", round).contains(graph.toString());
      }
    }
  }

  @Test
  void aModelThatDoesNotFitIsRefusedWithWhatWouldFit() {
    ModelCheck model = ModelCheck.of(DemoModel.folder(Precision.FP32));

    assertThatThrownBy(() -> MemoryPlan.of(model, LoadSettings.DEFAULT.withMemory(100_000_000)))
        .hasMessageMatching(
            ".*needs 17\\d MB of memory"
                + " \\(100 MB is available; its int4 variant or a smaller model may fit\\)");
    ModelCheck int4 = ModelCheck.of(DemoModel.folder(Precision.INT4));
    assertThatThrownBy(() -> MemoryPlan.of(int4, LoadSettings.DEFAULT.withMemory(100_000_000)))
        .hasMessageEndingWith("(100 MB is available; a smaller model may fit)");
    LoadSettings tight = LoadSettings.DEFAULT.withMemory(177_000_000);
    assertThatThrownBy(() -> MemoryPlan.of(model, tight.withMaxContext(2048)))
        .hasMessageEndingWith("(177 MB is available; it fits with 512 tokens)")
        .extracting(e -> ((Problem) e).next().orElseThrow())
        .isEqualTo("model load NAME --context-length 512");
    assertThat(MemoryPlan.of(model, tight).contextLength()).isEqualTo(512);
    assertThat(MemoryPlan.of(model, LoadSettings.DEFAULT).contextLength()).isEqualTo(2048);
  }
}
