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
import java.util.regex.Matcher;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong and hostile configurations: the message names file and field, and nothing else breaks. */
class BrokenConfigTest {
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
  void anUnknownFamilyIsComparedWithTheNearestOnes() throws IOException {
    Files.writeString(file, with("model_type", "\"llamoid\""));
    assertThat(catchThrowableOfType(Problem.class, this::read).why().orElseThrow())
        .contains("\ngranite, llama, mistral, qwen2, smollm3: the same names; how");

    TinyModel.write("qwen3", folder);
    Files.writeString(file, Files.readString(file).replaceFirst("\"qwen3\"", "\"qwen9\""));
    List<Family> others =
        FAMILIES.stream().filter(family -> !family.name().equals("qwen3")).toList();

    assertThatThrownBy(() -> Converter.familyOf(folder, others))
        .hasMessageContainingAll(
            "no family for the model_type 'qwen9'",
            "\ngranite, llama, mistral, qwen2, smollm3: without"
                + " 'model.layers.N.self_attn.k_norm.weight',"
                + " 'model.layers.N.self_attn.q_norm.weight'");
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

  @ParameterizedTest
  @ValueSource(strings = {"../x", "\\u001b]0;x\\u0007", "/etc/passwd"})
  void whatIsNotReadDoesNoHarm(String text) throws IOException {
    // names of code and of other places, kinds of numbers, lists of any length: never followed
    String more =
        """
        "auto_map": {"AutoModelForCausalLM": "%1$s"}, "custom_code": "%1$s", "trust_remote_code": true,
        "_name_or_path": "%1$s", "torch_dtype": "%1$s", "architectures": [%2$s],
        """
            .formatted(text, "\"A\",".repeat(10_000) + "\"B\"");
    String config =
        good.replaceFirst("(?s)\"architectures\" : \\[.*?\\],", "")
            .replaceFirst("\"torch_dtype\" : \"bfloat16\",", "");
    Files.writeString(file, config.replaceFirst("\\{", Matcher.quoteReplacement("{" + more)));

    read();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | model_type",
        "\"../x\" | model_type",
        "\"\\u001b]0;x\\u0007\" | model_type",
        "\"\" | model_type",
        "null | model_type",
      })
  void aModelTypeThatIsNoneIsRefused(String value, String field) throws IOException {
    Files.writeString(file, with("model_type", value));

    Problem problem = catchThrowableOfType(Problem.class, this::read);

    assertThat(problem.what()).contains(field).doesNotContain("\u001b", "\u0007");
  }

  @Test
  void aModelTypeOfAMegabyteIsShortened() throws IOException {
    Files.writeString(file, with("model_type", "\"" + "m".repeat(1_000_000) + "\""));

    Problem problem = catchThrowableOfType(Problem.class, this::read);

    assertThat(String.valueOf(problem.getMessage())).hasSizeLessThan(2_000);
  }

  @Test
  void aConfigurationInUtf16IsReadAsTheSame() throws IOException {
    Files.write(file, good.getBytes(StandardCharsets.UTF_16));

    read();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"quant_method\": \"gptq\", \"bits\": 4, \"group_size\": 0}",
        "{\"quant_method\": \"x\\u001b[2J\"}"
      })
  void weightsThatAreQuantizedAlreadyAreRefused(String value) throws IOException {
    Files.writeString(
        file,
        good.replaceFirst(
            "\\{", Matcher.quoteReplacement("{\"quantization_config\": " + value + ",")));

    assertThatThrownBy(this::read)
        .isInstanceOf(Problem.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining("quantization_config")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\u001b"));
  }

  @Test
  void aVocabularyThatIsNotTheEmbeddingsIsRefusedWithBoth() throws IOException {
    Files.writeString(file, with("vocab_size", "300"));

    assertThatThrownBy(
            () -> Conversions.fp32(folder, FamilyFiles.read("llama"), folder.resolve("out")))
        .isInstanceOf(Problem.class)
        .hasMessageContainingAll("model.embed_tokens.weight", "272", "300");
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
