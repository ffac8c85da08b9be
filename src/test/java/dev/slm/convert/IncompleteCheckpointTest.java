package dev.slm.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Problem;
import dev.slm.format.Safetensors;
import dev.slm.profile.Family;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints with a part missing: what happened, why, and what to type next. */
class IncompleteCheckpointTest {
  private static final List<Family> FAMILIES = FamilyFiles.all();

  @TempDir private Path folder;

  @BeforeEach
  void write() {
    TinyModel.write("llama", folder);
  }

  @Test
  void aMissingConfigurationIsToldWithWhatItIsFor() throws IOException {
    Files.delete(folder.resolve("config.json"));

    Problem problem = refused();

    assertThat(problem.what()).isEqualTo("no config.json in '" + folder + "'");
    assertThat(problem.why().orElseThrow()).contains("of which family");
    assertThat(problem.next().orElseThrow()).contains("model download");
  }

  @Test
  void aMissingTokenizerIsToldWithTheLineThatMakesOne() throws IOException {
    Files.delete(folder.resolve("tokenizer.json"));

    Problem problem = refused();

    assertThat(problem.what()).isEqualTo("no tokenizer.json in '" + folder + "'");
    assertThat(problem.next().orElseThrow())
        .contains("from_pretrained('" + folder + "').save_pretrained('" + folder + "')");
  }

  @Test
  void aHeadThatIsMissingThoughNotTiedIsToldWithTheFieldToWrite() throws IOException {
    TinyModel.write("qwen2", folder); // is tied
    change("\"tie_word_embeddings\" : true", "\"tie_word_embeddings\" : false");

    Problem problem = refused();

    assertThat(problem.what()).contains("tensors are missing: 'lm_head.weight'");
    assertThat(problem.next().orElseThrow()).contains("\"tie_word_embeddings\": true");
  }

  @Test
  void otherMissingTensorsAreNotTheConfigurationsFault() throws IOException {
    change("\"num_hidden_layers\" : 2", "\"num_hidden_layers\" : 3");

    Problem problem = refused();

    assertThat(problem.what()).contains("'model.layers.2.", "and 4 more");
    assertThat(problem.why().orElseThrow()).contains("'llama' with 3 layers");
    assertThat(problem.next().orElseThrow()).contains("from one place");
  }

  @Test
  void aMissingModelTypeIsToldWithTheOneThatFitsTheArchitectures() throws IOException {
    change("\"model_type\" : \"llama\",", "");
    assertThat(refused().what())
        .contains("config.json': model_type: is missing (by architectures it is \"llama\")");

    change("(?s)\"architectures\" : \\[.*?\\],", "");
    assertThat(refused().what())
        .contains("model_type: is missing (known are gemma2, ", "qwen2", "smollm3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"architectures\" : [],", "\"architectures\" : null,"})
  void withoutArchitecturesTheModelTypeIsEnough(String architectures) throws IOException {
    change("(?s)\"architectures\" : \\[.*?\\],", architectures);

    read();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | (expected a list)",
        "[7] | expected a list of texts",
        "[\"LlamaForSequenceClassification\"] | which writes no text",
      })
  void architecturesThatCannotBeMeantAreRefused(String value, String told) throws IOException {
    change("(?s)\"architectures\" : \\[.*?\\]", "\"architectures\" : " + value);

    assertThat(refused().what()).contains("config.json': architectures: ", told);
  }

  @Test
  void weightsThatAreQuantizedAlreadyLeadToThoseTheyWereMadeOf() throws IOException {
    change("\\{", "{\"quantization_config\": {\"quant_method\": \"awq\", \"bits\": 4},");

    Problem problem = refused();

    assertThat(problem.what()).contains("quantization_config: ", "quantized already by 'awq'");
    assertThat(problem.next()).contains("quantize the checkpoint that it was made of");
  }

  private Problem refused() {
    return catchThrowableOfType(Problem.class, this::read);
  }

  private void read() {
    Family family = Converter.familyOf(folder, FAMILIES);
    Architecture architecture = Converter.architecture(folder, family);
    try (Safetensors weights = Converter.weights(folder, family)) {
      Converter.check(folder, architecture, weights);
    }
  }

  private void change(String pattern, String to) throws IOException {
    Path file = folder.resolve("config.json");
    String good = Files.readString(file);
    String changed = good.replaceFirst(pattern, to);
    assertThat(changed).isNotEqualTo(good);
    Files.writeString(file, changed);
  }
}
