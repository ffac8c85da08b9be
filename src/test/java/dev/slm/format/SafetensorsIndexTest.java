package dev.slm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.testing.AtOnce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of several files, and lists of files that are wrong or hostile. */
class SafetensorsIndexTest {
  @TempDir private Path folder;

  @Test
  void readsTheShardsOfAnIndex() throws IOException {
    shard("model-00001-of-00002.safetensors", "a", 1);
    shard("model-00002-of-00002.safetensors", "b", 2);
    index(
        "\"a\":\"model-00001-of-00002.safetensors\",\"b\":\"model-00002-of-00002.safetensors\"",
        16);

    try (Safetensors weights = Safetensors.open(folder)) {
      assertThat(weights.vector("a")).containsExactly(1, 1);
      assertThat(weights.vector("b")).containsExactly(2, 2);
      assertThat(weights.files()).hasSize(2);
    }
  }

  @Test
  void aShardOutsideTheFolderIsRefused() throws IOException {
    for (String name :
        List.of("../../x.safetensors", "/etc/x.safetensors", "sub/x.safetensors", "..", "")) {
      index("\"a\":\"" + name + "\"", 0);

      assertRefused("weight_map.'a'", "not the name of a file beside it");
    }
  }

  @Test
  void missingShardsAreNamedTogetherWithWhatToDo() throws IOException {
    shard("model-1.safetensors", "a", 1);
    index(
        "\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\",\"c\":\"model-3.safetensors\"",
        24);

    assertRefused(
        "lacks 2 of 3 weight files: 'model-2.safetensors', 'model-3.safetensors'",
        "'model.safetensors.index.json' says that they belong to it",
        "model download");
  }

  @Test
  void aShardThatWasCutOffIsNamedWithWhatIsMissing() throws IOException {
    shard("model-1.safetensors", "a", 1);
    Path cut = folder.resolve("model-1.safetensors");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), (int) Files.size(cut) - 5));
    index("\"a\":\"model-1.safetensors\"", 8);

    assertRefused(
        "model-1.safetensors",
        "the file has 3 bytes of weights, its header needs 8",
        "5 B are missing",
        "download the file again");
  }

  @Test
  void anIndexOfAMillionTensorsEndsAtTheLimit() throws IOException {
    StringBuilder map = new StringBuilder("\"a\":\"m.safetensors\"");
    IntStream.range(0, 1_000_000)
        .forEach(i -> map.append(",\"").append(i).append("\":\"m.safetensors\""));
    index(map.toString(), 8);

    AtOnce.run("a million tensors", () -> assertRefused("has more than 200000 tensors"));
  }

  @Test
  void anIndexOfAMillionFilesEndsAtTheLimit() throws IOException {
    StringBuilder map = new StringBuilder("\"a\":\"m.safetensors\"");
    IntStream.range(0, 1_000_000)
        .forEach(
            i -> map.append(",\"").append(i).append("\":\"").append(i).append(".safetensors\""));
    index(map.toString(), 8);

    AtOnce.run("a million files", () -> assertRefused("names more than 10000 files"));
  }

  @Test
  void aTensorInTwoShardsIsRefused() throws IOException {
    shard("model-1.safetensors", "a", 1);
    shard("model-2.safetensors", "a", 2);
    index("\"a\":\"model-1.safetensors\",\"b\":\"model-2.safetensors\"", 16);

    assertRefused("model-2.safetensors", "tensor 'a'", "is also in 'model-1.safetensors'");
  }

  @Test
  void aTensorTwiceInTheIndexIsRefused() throws IOException {
    index("\"a\":\"model-1.safetensors\",\"a\":\"model-2.safetensors\"", 8);

    assertRefused("index.json", "a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "7",
        "{}",
        "{\"weight_map\":[]}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":{\"a\":7}}",
        "{\"weight_map\":{\"a\":",
        "{\"weight_map\":{\"a\":\"m.safetensors\"}} x"
      })
  void anIndexThatIsNoneIsRefused(String text) throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), text);

    assertRefused("model.safetensors.index.json");
  }

  @Test
  void aShardOfAnotherModelIsNamed() throws IOException {
    shard("model-1.safetensors", "other", 1);
    index("\"a\":\"model-1.safetensors\"", 8);

    assertRefused("model-1.safetensors", "tensor 'a'", "not in this file");
  }

  @Test
  void aWrongTotalSizeIsRefusedWithTheRemedy() throws IOException {
    shard("model-1.safetensors", "a", 1);
    index("\"a\":\"model-1.safetensors\"", 9);

    assertRefused("metadata.total_size", "is '9', the files hold 8");
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> Safetensors.open(folder).close())
        .isInstanceOfSatisfying(
            Problem.class,
            p -> assertThat(p.what() + p.why().orElse("") + p.next().orElse("")).contains(parts));
  }

  private void shard(String name, String tensor, float value) {
    new SafetensorsFile()
        .add(tensor, StoredType.F32, new long[] {2}, value, value)
        .write(folder.resolve(name));
  }

  private void index(String map, long total) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\":{\"total_size\":" + total + "},\"weight_map\":{" + map + "}}");
  }
}
