package dev.slm.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxGraphTest {
  @TempDir private Path folder;
  private WeightFile weights;
  private OnnxGraph graph;

  @BeforeEach
  void begin() {
    weights = WeightFile.create(folder.resolve("model.onnx.data"));
    graph = new OnnxGraph("main", weights);
    graph.input("x", OnnxType.FLOAT, OnnxDimension.of("rows"), OnnxDimension.of(32));
  }

  @AfterEach
  void end() {
    weights.close();
  }

  @Test
  void aGraphWithAnExternalWeightRunsInTheRuntime() throws OrtException {
    float[] matrix = new float[32 * 16];
    matrix[0] = 2;
    matrix[31 * 16 + 15] = 3;
    graph.output("y", OnnxType.FLOAT, OnnxDimension.of("rows"), OnnxDimension.of(16));
    graph.initializer("weight", OnnxType.FLOAT, 32, 16).write(matrix);
    String bias = graph.floats("bias", new long[] {1}, 1f);
    String product = graph.add(OnnxOp.MAT_MUL, "product", List.of("x", "weight"));

    graph.add(OnnxOp.ADD, "sum", List.of(product, bias), List.of("y"));
    graph.write(folder.resolve("model.onnx"));

    float[][] x = new float[1][32];
    x[0][0] = 1;
    x[0][31] = 1;
    float[] y = run(x)[0];
    assertThat(y[0]).isEqualTo(3);
    assertThat(y[1]).isEqualTo(1);
    assertThat(y[15]).isEqualTo(4);
    assertThat(folder.resolve("model.onnx.data")).hasSize(32 * 16 * 4);
  }

  @Test
  void aNodeIsCheckedWhenItIsAdded() {
    assertThatThrownBy(() -> graph.add(OnnxOp.MAT_MUL, "product", List.of("x", "missing")))
        .hasMessage("MatMul 'product': no value 'missing'");
    assertThatThrownBy(() -> graph.add(OnnxOp.MAT_MUL, "product", List.of("x")))
        .hasMessage("MatMul 'product': expected 2 to 2 inputs, found 1");
    assertThatThrownBy(
            () -> graph.add(OnnxOp.GELU, "act", List.of("x"), OnnxAttribute.of("approximate", 1)))
        .hasMessage("Gelu 'act': attribute 'approximate' does not belong to it");
    assertThatThrownBy(() -> graph.add(OnnxOp.CAST, "cast", List.of("x")))
        .hasMessage("Cast 'cast': attributes [to] are missing");
    graph.add(OnnxOp.SIGMOID, "act", List.of("x"));
    assertThatThrownBy(() -> graph.add(OnnxOp.SIGMOID, "act", List.of("x")))
        .hasMessage("node 'act' exists already");
  }

  @Test
  void aGraphWithAnUnfilledConstantOrOutputIsNotWritten() {
    Path file = folder.resolve("model.onnx");
    graph.output("y", OnnxType.FLOAT, OnnxDimension.of(1));
    assertThatThrownBy(() -> graph.write(file)).hasMessage("no node computes the output 'y'");
    graph.add(OnnxOp.SIGMOID, "act", List.of("x"), List.of("y"));

    graph.initializer("weight", OnnxType.FLOAT, 4);

    assertThatThrownBy(() -> graph.write(file)).hasMessage("weight: expected 16 bytes, found 0");
    assertThat(Files.exists(file)).isFalse();
  }

  private float[][] run(float[][] x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(folder.resolve("model.onnx").toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, x);
        OrtSession.Result result = session.run(Map.of("x", input))) {
      return (float[][]) result.get(0).getValue();
    }
  }
}
