package dev.slm.engine.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.engine.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InPlaceTest {
  @TempDir private Path folder;

  @BeforeEach
  void copy() {
    DemoModel.strangersCopy(folder);
  }

  private void change(String old, String changed) throws IOException {
    Path file = folder.resolve(RuntimeConfig.FILE_NAME);
    String text = Files.readString(file);
    assertThat(text).contains(old);
    Files.writeString(file, text.replace(old, changed));
  }

  @Test
  void foldersThatKeepTheCacheInPlaceAreOurs() throws IOException {
    assertThat(InPlace.mistake(folder)).isEmpty();

    change("\"past_present_share_buffer\" : true", "\"past_present_share_buffer\" : false");

    assertThat(InPlace.mistake(folder)).isEmpty();
  }

  @Test
  void aCacheThatIsMadeAnewPerTokenIsNot() throws IOException {
    change("\"past_present_share_buffer\" : true", "\"past_present_share_buffer\" : false");
    change("\"present.%d.key\"", "\"%d.hidden\"");
    Path graph = folder.resolve("model.onnx");
    OnnxBytes concat = OnnxBytes.node("", "Concat", "0.hidden", "0.past", "0.new");
    Files.write(graph, OnnxBytes.message().part(7, OnnxBytes.message().part(1, concat)).toBytes());

    assertThat(InPlace.mistake(folder)).contains("makes its KV cache with 'Concat', not in place");
  }

  @Test
  void partsForImagesAreNot() throws IOException {
    change("\"model\" : {", "\"model\" : { \"vision\" : {},");

    assertThat(InPlace.mistake(folder)).contains("has a part 'vision'");
  }

  @Test
  void whatCannotBeReadIsLeftToLoading() throws IOException {
    Files.writeString(folder.resolve(RuntimeConfig.FILE_NAME), "{");

    assertThat(InPlace.mistake(folder)).isEmpty();
  }
}
