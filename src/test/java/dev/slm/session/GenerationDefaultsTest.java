package dev.slm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.model.GenerationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Case 4.3-12 of the reliability document, and in which order files are heard. */
class GenerationDefaultsTest {
  @TempDir Path folder;

  private GenerationDefaults read(String generationConfig) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), generationConfig);
    return GenerationDefaults.of(folder);
  }

  @Test
  void valuesOutOfTheirRangeAreNotUsedAndSaid() throws IOException {
    Map<String, String> wrong =
        Map.ofEntries(
            Map.entry("{\"temperature\": -1}", "'temperature' is -1"),
            Map.entry("{\"temperature\": 1e400}", "'temperature' is Infinity"),
            Map.entry("{\"temperature\": \"x\"}", "'temperature' is not a number"),
            Map.entry("{\"top_p\": 2}", "'top_p' is 2"),
            Map.entry("{\"top_k\": -5}", "'top_k' is -5"),
            Map.entry("{\"top_k\": 1000000000}", "'top_k' is 1000000000"),
            Map.entry("{\"top_k\": 1e400}", "'top_k' is 2147483647"),
            Map.entry("{\"max_new_tokens\": -1}", "'max_tokens' is -1"),
            Map.entry("{\"repetition_penalty\": 0}", "'repetition_penalty' is 0"));

    for (Map.Entry<String, String> each : wrong.entrySet()) {
      GenerationDefaults defaults = read(each.getKey());

      assertThat(defaults.settings()).as(each.getKey()).isEqualTo(GenerationSettings.DEFAULT);
      assertThat(defaults.notes())
          .singleElement()
          .asString()
          .startsWith("generation_config.json: " + each.getValue())
          .endsWith("; it is not used");
    }
  }

  @Test
  void oneBadValueSpoilsNoOther() throws IOException {
    GenerationDefaults defaults = read("{\"temperature\": 0, \"top_p\": 0, \"top_k\": -5}");

    assertThat(defaults.settings().isGreedy()).isTrue();
    assertThat(defaults.settings().topP()).isZero();
    assertThat(defaults.settings().topK()).isEqualTo(GenerationSettings.DEFAULT.topK());
  }

  @Test
  void whatPeopleWriteByHandComesLast() throws IOException {
    Files.writeString(
        folder.resolve("genai_config.json"), "{\"search\": {\"top_k\": 1, \"top_p\": 0.1}}");
    Files.writeString(
        folder.resolve("inference_model.json"), "{\"ModelConfig\": {\"temperature\": 0.3}}");

    GenerationSettings settings = read("{\"top_k\": 2, \"temperature\": 0.2}").settings();

    assertThat(settings.topP()).isEqualTo(0.1);
    assertThat(settings.topK()).isEqualTo(2);
    assertThat(settings.temperature()).isEqualTo(0.3);
  }

  @Test
  void aModelThatIsNotToSampleIsGreedy() throws IOException {
    assertThat(read("{\"do_sample\": false, \"temperature\": 0.9}").settings().isGreedy()).isTrue();
  }
}
