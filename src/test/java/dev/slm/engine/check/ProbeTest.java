package dev.slm.engine.check;

import static dev.slm.engine.check.OnnxBytes.longs;
import static dev.slm.engine.check.OnnxBytes.message;
import static dev.slm.engine.check.OnnxBytes.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.DemoModel;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeTest {
  @TempDir private Path work;

  @Test
  void aStrangersModelIsTriedAndThenLoaded() {
    Path folder = DemoModel.strangersCopy(work.resolve("stranger"));

    try (LoadedModel model =
        Engines.load().find("ort").load(folder, LoadSettings.DEFAULT, Progress.NONE)) {
      assertThat(model.vocabularySize()).isEqualTo(2048);
    }
  }

  @Test
  void aModelThatEndsItsProcessIsRefusedInOneLine() throws IOException {
    Path folder = DemoModel.strangersCopy(work.resolve("evil"));
    hideDivision(folder.resolve("model.onnx"));
    assertThat(ModelCheck.of(folder).isIntact()).isFalse();

    assertThatThrownBy(
            () -> Engines.load().find("ort").load(folder, LoadSettings.DEFAULT, Progress.NONE))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("model process died (SIGFPE in onnxruntime) while loading '" + folder)
        .hasMessageContaining("the shell is fine");
    try (var files = Files.list(work)) {
      assertThat(files).as("no crash files are left").hasSize(1);
    }
  }

  @Test
  void aManifestDoesNotMakeAStrangersModelOurs() throws IOException {
    Path folder = DemoModel.strangersCopy(work.resolve("evil"));
    hideDivision(folder.resolve("model.onnx"));
    DemoModel.seal(folder, Precision.FP32);
    assertThat(ModelCheck.of(folder).isIntact()).isTrue();

    for (int time = 0; time < 2; time++) {
      assertThatThrownBy(() -> load(folder, Progress.NONE))
          .hasMessageContaining("model process died (SIGFPE in onnxruntime)");
    }
  }

  @Test
  void aModelThatWasTriedIsNotTriedAgainUntilItChanges() throws IOException {
    Path folder = DemoModel.strangersCopy(work.resolve("stranger"));
    Path note = Files.writeString(folder.resolve("note.txt"), UUID.randomUUID().toString());
    DemoModel.seal(folder, Precision.FP32);
    ToldProgress told = new ToldProgress();

    load(folder, told);
    assertThat(told.stages).contains("trying it in a process of its own");
    told.stages.clear();
    load(folder, told);
    assertThat(told.stages).doesNotContain("trying it in a process of its own");

    Files.writeString(note, UUID.randomUUID().toString());
    load(folder, told);
    assertThat(told.stages).contains("trying it in a process of its own");
  }

  private static void load(Path folder, Progress progress) {
    Engines.load().find("ort").load(folder, LoadSettings.DEFAULT, progress).close();
  }

  @Test
  void aModelThatTheRuntimeRefusesIsToldWithItsReason() throws IOException {
    Path folder = DemoModel.strangersCopy(work.resolve("broken"));
    OnnxBytes.extend(
        folder.resolve("model.onnx"), message().part(1, node("", "Relu", "x", "nothing")));

    assertThatThrownBy(
            () -> Engines.load().find("ort").load(folder, LoadSettings.DEFAULT, Progress.NONE))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("cannot load '" + folder)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aLongCommandLineDoesNotEndTheProcess() throws Exception {
    Path verdict = work.resolve("verdict");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            ProbeMain.class.getName(),
            "ort",
            DemoModel.folder(Precision.INT4).toString(),
            verdict.toString(),
            "a long prompt. ".repeat(6000));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));

    int status = builder.start().waitFor();

    assertThat(status).isZero();
    assertThat(verdict).hasContent(Probe.GOOD);
  }

  private static final class ToldProgress implements Progress {
    private final List<String> stages = new ArrayList<>();

    @Override
    public void start(String what, long total, Unit unit) {
      stages.add(what);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }

  /** The smallest whole number by -1, behind nodes that our rules do not look through. */
  private static void hideDivision(Path graph) throws IOException {
    OnnxBytes output =
        message()
            .text(1, "quotient")
            .part(2, message().part(1, message().number(1, OnnxBytes.INT64)));
    OnnxBytes.extend(
        graph,
        message()
            .part(5, longs("least", Long.MIN_VALUE))
            .part(5, longs("minus", -1))
            .part(1, node("", "Identity", "hidden_least", "least"))
            .part(1, node("", "Identity", "hidden_minus", "minus"))
            .part(1, node("", "Div", "quotient", "hidden_least", "hidden_minus"))
            .part(12, output));
  }
}
