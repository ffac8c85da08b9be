package dev.slm.engine.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.engine.DemoModel;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigRulesTest {
  private static final String GOOD =
      """
      {"model": {"vocab_size": 100, "context_length": 64, "eos_token_id": [2, 3], "type": "qwen2",
        "decoder": {"filename": "model.onnx", "head_size": 8, "num_attention_heads": 4,
          "num_key_value_heads": 2, "num_hidden_layers": 3, "session_options": {"log_id": "x"},
          "inputs": {"input_ids": "ids", "past_key_names": "past_%d_key"}}},
       "search": {"top_k": 1, "max_length": 64, "num_beams": 1, "temperature": 1.0}}
      """;

  @TempDir private Path folder;

  @Test
  void aGoodFileIsReadWithTheStandardNamesWhereItNamesNone() throws IOException {
    RuntimeConfig config = read(GOOD);

    assertThat(config.inputIds()).isEqualTo("ids");
    assertThat(config.pastKey(2)).isEqualTo("past_2_key");
    assertThat(config.pastValue(2)).isEqualTo("past_key_values.2.value");
    assertThat(config.presentKey(0)).isEqualTo("present.0.key");
    assertThat(config.stopTokens()).containsExactlyInAnyOrder(2, 3);
    assertThat(RuntimeConfig.foreignPart(folder)).isEmpty();
  }

  @Test
  void ourOwnFilesAreGood() {
    RuntimeConfig config = RuntimeConfig.read(DemoModel.folder(Precision.INT4));

    assertThat(config.layers()).isEqualTo(4);
    assertThat(config.vocabularySize()).isEqualTo(2048);
  }

  @Test
  void valuesThatHarmAreRefusedByName() {
    String[][] changes = {
      {"\"context_length\": 64", "\"context_length\": 0", "'model.context_length' is '0'"},
      {"\"context_length\": 64", "\"context_length\": 2147483648", "'model.context_length'"},
      {"\"vocab_size\": 100", "\"vocab_size\": \"x\"", "'model.vocab_size'"},
      {"[2, 3]", "1000000", "'model.eos_token_id' is '1000000'"},
      {"[2, 3]", "[2, -1]", "'model.eos_token_id' is '-1'"},
      {"\"num_hidden_layers\": 3", "\"num_hidden_layers\": 0", "num_hidden_layers"},
      {"\"num_hidden_layers\": 3", "\"num_hidden_layers\": 100000000", "num_hidden_layers"},
      {"past_%d_key", "past_%n%s%d", "not a name with one %d"},
      {"past_%d_key", "past_%s", "not a name with one %d"},
      {"past_%d_key", "past", "not a name with one %d"},
      {"\"model.onnx\"", "\"../other/model.onnx\"", "'model.decoder.filename'"},
      {"\"model.onnx\"", "\"/abs/model.onnx\"", "'model.decoder.filename'"},
      {"\"model.onnx\"", "\"\"", "'model.decoder.filename'"},
      {"\"model.onnx\"", "\".\"", "'model.decoder.filename'"},
      {"\"log_id\": \"x\"", "\"custom_ops_library\": \"evil.so\"", "run native code"},
      {"\"log_id\": \"x\"", "\"enable_profiling\": \"/tmp/x\"", "'enable_profiling'"},
      {"\"log_id\": \"x\"", "\"optimized_model_filepath\": \"x\"", "'optimized_model_filepath'"},
      {"\"log_id\": \"x\"", "\"intra_op_num_threads\": 100000", "'intra_op_num_threads'"},
      {"\"log_id\": \"x\"", "\"intra_op_num_threads\": -1", "'intra_op_num_threads'"},
      {"\"head_size\": 8", "\"head_size\": 8, \"sliding_window\": {\"window_size\": 0}", "window"},
      {"\"top_k\": 1", "\"top_k\": 100000000", "'search.top_k'"},
      {"\"num_beams\": 1", "\"num_beams\": 100000000", "'search.num_beams'"},
      {"\"max_length\": 64", "\"max_length\": -1", "'search.max_length'"},
      {"\"temperature\": 1.0", "\"temperature\": 1e400", "'search.temperature'"},
      {"\"type\": \"qwen2\"", "\"type\": 1, \"type\": 2", "uplicate"},
    };
    for (String[] change : changes) {
      assertThat(GOOD).contains(change[0]);
      assertThatThrownBy(() -> read(GOOD.replace(change[0], change[1])))
          .as(change[1])
          .isInstanceOf(Problem.class)
          .hasMessageContaining(RuntimeConfig.FILE_NAME)
          .hasMessageContaining(change[2]);
    }
  }

  @Test
  void allMistakesAreToldAtOnce() {
    assertThatThrownBy(() -> read("{\"model\": {\"vocab_size\": 0}}"))
        .hasMessageContaining("'model.decoder' is missing")
        .hasMessageContaining("'model.vocab_size' is '0'")
        .hasMessageContaining("'model.context_length' is missing");
  }

  @Test
  void textThatIsNoObjectIsRefused() {
    for (String text : new String[] {"", "[]", "{", "{\"model\": 5}", "{,}", "null"}) {
      assertThatThrownBy(() -> read(text)).as(text).isInstanceOf(Problem.class);
    }
  }

  @Test
  void aModelOfSeveralPartsNeedsTheOtherEngine() throws IOException {
    Files.writeString(
        folder.resolve(RuntimeConfig.FILE_NAME), "{\"model\": {\"vision\": {}, \"decoder\": {}}}");

    assertThat(RuntimeConfig.foreignPart(folder)).isEqualTo("a part 'vision'");
  }

  private RuntimeConfig read(String text) throws IOException {
    Files.writeString(folder.resolve(RuntimeConfig.FILE_NAME), text);
    return RuntimeConfig.read(folder);
  }
}
