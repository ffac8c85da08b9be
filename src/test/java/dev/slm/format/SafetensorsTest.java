package dev.slm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir private Path folder;

  @Test
  void readsEachTypeAsFloats() {
    Path file = folder.resolve("model.safetensors");
    float[] values = {1, -2.5f, 0.125f, 3, -0.0f, 1024};
    new SafetensorsFile()
        .add("a", StoredType.F32, new long[] {2, 3}, values)
        .add("b", StoredType.F16, new long[] {2, 3}, values)
        .add("c", StoredType.BF16, new long[] {2, 3}, values)
        .write(file);

    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(weights.tensors().keySet()).containsExactly("a", "b", "c");
      assertThat(weights.bytes()).isEqualTo(24 + 12 + 12);
      assertThat(weights.parameters()).isEqualTo(18);
      for (String name : List.of("a", "b", "c")) {
        assertThat(all(weights.matrix(name, 2, 3))).containsExactly(values);
      }
    }
  }

  @Test
  void readsRowsVectorsAndViews() {
    Path file = folder.resolve("model.safetensors");
    new SafetensorsFile()
        .add("top", StoredType.F32, new long[] {2, 2}, 1, 2, 3, 4)
        .add("below", StoredType.BF16, new long[] {3, 2}, 5, 6, 7, 8, 9, 10)
        .add("norm", StoredType.F32, new long[] {3}, 1, 2, 3)
        .write(file);

    try (Safetensors weights = Safetensors.open(folder)) {
      WeightMatrix both =
          WeightMatrix.concat(List.of(weights.matrix("top"), weights.matrix("below")));
      assertThat(all(both)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
      assertThat(all(both.slice(1, 3))).containsExactly(3, 4, 5, 6, 7, 8);
      assertThat(all(both.slice(3, 2).slice(1, 1))).containsExactly(9, 10);
      assertThat(weights.vector("norm", 3)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void readsRowsThatAreLongerThanOneChunk() {
    int columns = 200_001;
    float[] values = new float[2 * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 1000;
    }
    Path file = folder.resolve("model.safetensors");
    new SafetensorsFile().add("w", StoredType.F16, new long[] {2, columns}, values).write(file);

    try (Safetensors weights = Safetensors.open(file)) {
      assertThat(all(weights.matrix("w"))).isEqualTo(values);
      float[] second = new float[columns];
      weights.matrix("w").read(1, 1, second);
      assertThat(second[columns - 1]).isEqualTo(values[values.length - 1]);
    }
  }

  @Test
  void aFolderWithoutWeightsSaysWhatWasLookedFor() {
    assertRefused("no weights in", "model.safetensors.index.json");
  }

  @Test
  void aShapeThatTheConfigurationDoesNotHaveIsRefused() {
    Path file = folder.resolve("model.safetensors");
    new SafetensorsFile().add("w", StoredType.F32, new long[] {1, 2}, 1, 2).write(file);

    try (Safetensors weights = Safetensors.open(file)) {
      assertThatThrownBy(() -> weights.matrix("w", 2, 1))
          .isInstanceOf(Problem.class)
          .hasMessageContainingAll("tensor 'w' shape", "[1, 2]", "[2, 1] by config.json");
      assertThatThrownBy(() -> weights.vector("w", 2)).hasMessageContaining("tensor 'w' shape");
      assertThatThrownBy(() -> weights.matrix("v")).hasMessageContaining("tensor 'v': is missing");
    }
  }

  @Test
  void weightsThatWeDoNotReadAreRefusedByName() {
    Path file = folder.resolve("model.safetensors");
    String header = "{" + SafetensorsFile.entry("w", "\"I8\"", "[1,2]", "[0,2]") + "}";
    SafetensorsFile.write(file, header, (byte) 1, (byte) 2);

    try (Safetensors weights = Safetensors.open(file)) {
      assertThatThrownBy(() -> weights.matrix("w"))
          .hasMessageContainingAll("tensor 'w' dtype", "is 'I8'", "BF16, F16 or F32");
    }
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> Safetensors.open(folder).close())
        .isInstanceOf(Problem.class)
        .hasMessageContainingAll(parts);
  }

  private static float[] all(WeightMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    matrix.read(0, matrix.rows(), values);
    return values;
  }
}
