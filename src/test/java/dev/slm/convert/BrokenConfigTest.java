package dev.slm.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.base.Problem;
import dev.slm.profile.Family;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong and hostile configurations: the message names file and field, and nothing else breaks. */
class BrokenConfigTest {
  private static final int MUTATIONS = 10_000;
  private static final List<Family> FAMILIES = FamilyFiles.all();

  @TempDir private Path folder;
  private Path file;
  private String good;

  @BeforeEach
  void write() throws IOException {
    TinyModel.write("llama3", folder);
    file = folder.resolve("config.json");
    good = Files.readString(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hidden_size | 0",
        "hidden_size | -1",
        "hidden_size | 2147483648",
        "hidden_size | 1e400",
        "hidden_size | \"4096\"",
        "hidden_size | 4096.5",
        "num_attention_heads | 0",
        "num_key_value_heads | 0",
        "num_key_value_heads | 3",
        "num_key_value_heads | 8",
        "head_dim | 20",
        "num_hidden_layers | 0",
        "num_hidden_layers | -1",
        "num_hidden_layers | 100000000",
        "vocab_size | 0",
        "vocab_size | -1",
        "max_position_embeddings | 0",
        "max_position_embeddings | 2147483647",
        "max_position_embeddings | 1e18",
        "rope_theta | 0",
        "rope_theta | \"NaN\"",
        "rms_norm_eps | 1e400",
        "eos_token_id | -1",
        "eos_token_id | 272",
        "eos_token_id | []",
        "eos_token_id | [[1]]",
        "eos_token_id | \"x\"",
        "tie_word_embeddings | \"yes\"",
        "hidden_act | \"swiglu\\u001b[31m\"",
        "rope_scaling | 5",
        "intermediate_size | null",
      })
  void aWrongFieldIsNamed(String field, String value) throws IOException {
    Files.writeString(file, with(field, value));

    Problem problem = catchThrowableOfType(Problem.class, this::read);

    assertThat(problem.what()).contains("config.json").contains(field).doesNotContain("\u001b");
    assertThat(problem.status()).isEqualTo(Problem.Status.BAD_FILE);
  }

  @Test
  void allMistakesAreToldAtOnce() throws IOException {
    Files.writeString(
        file, with("vocab_size", "0").replace("\"silu\"", "7").replace("64,", "\"x\","));

    assertThatThrownBy(this::read)
        .isInstanceOf(Problem.class)
        .hasMessageContaining("vocab_size: is '0' (expected a whole number from 1 to 4194304)")
        .hasMessageContaining("hidden_act: is '7'")
        .hasMessageContaining("hidden_size: is '\"x\"'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rope_type | \"dynamic\"",
        "factor | 0",
        "low_freq_factor | 9",
        "original_max_position_embeddings | -3",
      })
  void aWrongFieldOfTheScalingIsNamed(String field, String value) throws IOException {
    Files.writeString(file, with(field, value));

    assertThatThrownBy(this::read)
        .isInstanceOf(Problem.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining("rope_scaling.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "null", "[]", "{\"model_type\":", "{\"a\":1,\"a\":2}", "\uFEFF{}"})
  void whatIsNoConfigurationIsRefusedWithItsFile(String text) throws IOException {
    Files.writeString(file, text);

    assertThatThrownBy(this::read).isInstanceOf(Problem.class).hasMessageContaining("config.json");
  }

  @Test
  void anUnknownFamilyIsRefusedWithTheKnownOnes() throws IOException {
    Files.writeString(file, with("model_type", "\"mamba\\u001b[2J\""));

    Problem problem = catchThrowableOfType(Problem.class, this::read);

    assertThat(problem.what()).contains("no family for the model_type 'mamba");
    assertThat(problem.what()).doesNotContain("\u001b");
    assertThat(problem.why().orElseThrow()).contains("gemma3 (gemma3_text)").contains("qwen2");
  }

  @Test
  void oneLayerMoreThanTheTensorsHaveIsRefused() throws IOException {
    Files.writeString(file, with("num_hidden_layers", "3"));

    assertThatThrownBy(
            () -> Conversions.fp32(folder, FamilyFiles.read("llama"), folder.resolve("out")))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("tensors are missing: 'model.layers.2.input_layernorm.weight'")
        .hasMessageContaining("3 layers");
  }

  @Test
  void oneLayerLessThanTheTensorsHaveIsRefused() throws IOException {
    Files.writeString(file, with("num_hidden_layers", "1"));

    assertThatThrownBy(
            () -> Conversions.fp32(folder, FamilyFiles.read("llama"), folder.resolve("out")))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("tensors have no place: 'model.layers.1.input_layernorm.weight'");
  }

  @Test
  void mutatedConfigurationsAreReadOrRefused() throws IOException {
    long seed = 4;
    Random random = new Random(seed);
    byte[] bytes = good.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < MUTATIONS; i++) {
      Files.write(file, mutated(bytes.clone(), random));
      try {
        read();
      } catch (Problem problem) {
        assertThat(problem.what()).as("mutation %d of seed %d", i, seed).isNotBlank();
      }
    }
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    String interesting = "0123456789-.eE\"{}[],:nulltrue \\";
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      boolean isAny = random.nextInt(4) == 0;
      int at = random.nextInt(bytes.length);
      bytes[at] =
          isAny
              ? (byte) random.nextInt(256)
              : (byte) interesting.charAt(random.nextInt(interesting.length()));
    }
    return bytes;
  }

  private void read() {
    Converter.architecture(folder, Converter.familyOf(folder, FAMILIES));
  }

  /** The good configuration with another value of a field. */
  private String with(String field, String value) {
    String changed =
        good.replaceAll(
            "(?s)\"" + field + "\" : ([^,{\\[]*?|\\{[^}]*\\})(?=,?\\n)",
            Matcher.quoteReplacement("\"" + field + "\" : " + value));
    assertThat(changed).isNotEqualTo(good);
    return changed;
  }
}
