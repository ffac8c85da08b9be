package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Problem;
import dev.slm.model.Precision;
import dev.slm.quantize.Algorithm;
import dev.slm.quantize.WeightOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OliveConfigTest {
  /** The file of the deployment guide, as it is. */
  private static final String GUIDE =
      """
      { "input_model": { "type": "HfModel", "model_path": "/path/to/your/finetuned/model", "task": "text-generation" },
        "systems": { "local_system": { "type": "LocalSystem", "accelerators": [ { "execution_providers": [ "CPUExecutionProvider" ] } ] } },
        "passes": { "builder": { "type": "ModelBuilder", "config": { "precision": "int4", "quantization_config": { "block_size": 128, "is_symmetric": false } } } },
        "host": "local_system", "target": "local_system", "cache_dir": "cache", "output_dir": "models/output/your-finetuned-model-onnx" }
      """;

  @TempDir private Path folder;

  @Test
  void theGuidesFileWorksAsItIs() throws IOException {
    OliveConfig config = read(GUIDE);

    assertThat(config.model()).isEqualTo("/path/to/your/finetuned/model");
    assertThat(config.output()).contains("models/output/your-finetuned-model-onnx");
    assertThat(config.options()).isEqualTo(WeightOptions.of(Precision.INT4).withBlocks(128, false));
    assertThat(config.warnings()).containsExactly("'cache_dir' has no effect here");
  }

  @Test
  void theDocumentedKeysWorkDirectlyInThePass() throws IOException {
    OliveConfig config =
        pass(
            """
            "precision": "int4", "int4_block_size": 64, "int4_is_symmetric": false,
            "int4_accuracy_level": 1, "int4_algo_config": "k_quant_mixed",
            "int4_nodes_to_exclude": ["/model/layers.0/mlp/down_proj/MatMul"],
            "enable_cuda_graph": true, "search": {"max_length": 100}
            """);

    WeightOptions options = config.options();
    assertThat(options.blockSize()).isEqualTo(64);
    assertThat(options.symmetric()).isFalse();
    assertThat(options.accuracyLevel()).isEqualTo(1);
    assertThat(options.algorithm()).isEqualTo(Algorithm.K_QUANT);
    assertThat(options.head()).isEqualTo(Precision.INT8);
    assertThat(options.formatOf("/model/layers.0/mlp/down_proj/MatMul").label()).isEqualTo("fp32");
    // as the model builder does it: the first and last eighth, and every third one between
    WeightOptions expanded = options.forLayers(24);
    for (int layer : new int[] {1, 2, 5, 8, 20, 21, 23}) {
      assertThat(expanded.formatOf("/model/layers." + layer + "/mlp/down_proj/MatMul").label())
          .startsWith("int8/64");
    }
    for (int layer : new int[] {3, 4, 6, 19}) {
      assertThat(expanded.formatOf("/model/layers." + layer + "/attn/qkv_proj/MatMul").label())
          .startsWith("int4/64");
    }
    assertThat(config.warnings())
        .containsExactly(
            "'passes.b.enable_cuda_graph' has no effect here",
            "'passes.b.search' has no effect here");
  }

  @Test
  void keysThatChangeNothingForThePrecisionAreNamed() throws IOException {
    OliveConfig config =
        pass(
            """
            "precision": "fp16", "int4_block_size": 32, "int4_algo_config": "rtn",
            "int4_is_symmetric": null, "quantization_config": {"block_size": 32}
            """);

    assertThat(config.options().precision()).isEqualTo(Precision.FP16);
    assertThat(config.warnings())
        .containsExactly(
            "'passes.b.int4_block_size' has no effect here",
            "'passes.b.int4_algo_config' has no effect here",
            "'passes.b.quantization_config.block_size' has no effect here");
  }

  @Test
  void ofTwoSpellingsTheDocumentedOneCountsAndTheOtherIsNamed() throws IOException {
    OliveConfig config =
        pass(
            """
            "precision": "int4", "int4_block_size": 64, "int4_is_symmetric": null,
            "quantization_config": {"block_size": 128, "is_symmetric": false}
            """);

    assertThat(config.options()).isEqualTo(WeightOptions.of(Precision.INT4).withBlocks(64, false));
    assertThat(config.warnings())
        .containsExactly("'passes.b.quantization_config.block_size' has no effect here");
  }

  @Test
  void namesToExcludeAreAList() {
    assertThatThrownBy(
            () -> pass("\"precision\": \"int4\", \"int4_nodes_to_exclude\": \"/lm_head/MatMul\""))
        .hasMessageContaining(
            "passes.b.int4_nodes_to_exclude: is \"/lm_head/MatMul\"; write a list");
  }

  @Test
  void everythingThatCannotBeHadIsRefusedAtOnceWithWhatToWriteInstead() {
    assertThatThrownBy(
            () ->
                read(
                    """
                    { "input_model": {"type": "OnnxModel"},
                      "systems": {"s": {"accelerators": [{"device": "gpu", "execution_providers": ["CUDAExecutionProvider"]}]}},
                      "passes": {"b": {"type": "ModelBuilder", "precision": "nf4", "int4_block_size": 48, "use_qdq": true},
                                 "q": {"type": "OnnxQuantization"}} }
                    """))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.status()).isEqualTo(Problem.Status.USAGE))
        .hasMessageContainingAll(
            "input_model.type: is 'OnnxModel'; write \"HfModel\"",
            "input_model.model_path: is missing",
            "systems.s.accelerators.device: is 'gpu'; write \"cpu\"",
            "systems.s.accelerators.execution_providers",
            "passes.b.precision: is \"nf4\"; write one of int4, int8, fp16, fp32",
            "passes.b.int4_block_size: is 48; write one of [16, 32, 64, 128, 256]",
            "passes.b.use_qdq: is true; leave it out",
            "passes.q.type: is 'OnnxQuantization'; write one pass of type \"ModelBuilder\"");
  }

  @Test
  void filesOfAnotherShapeAreRefused() {
    for (String text :
        List.of("", "[]", "null", "{}", "{\"passes\": 7}", "{\"passes\": {\"a\": 1}}")) {
      assertThatThrownBy(() -> read(text)).as(text).isInstanceOf(Problem.class);
    }
  }

  private OliveConfig pass(String fields) throws IOException {
    return read(
        "{\"input_model\": {\"model_path\": \"m\"}, \"passes\": {\"b\": {\"type\": \"ModelBuilder\","
            + fields
            + "}}}");
  }

  private OliveConfig read(String text) throws IOException {
    return OliveConfig.read(Files.writeString(folder.resolve("config.json"), text));
  }
}
