package dev.slm.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Progress;
import dev.slm.format.OnnxDimension;
import dev.slm.format.OnnxGraph;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import dev.slm.format.WeightFile;
import dev.slm.format.WeightMatrix;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the encoder writes is run by the real runtime and compared with plain arithmetic. */
class EncoderTest {
  private static final int ROWS = 96;
  private static final int COLUMNS = 128;
  private static final long[] IDS = {5, 0, 47, 5};

  @TempDir private Path folder;

  static Stream<WeightOptions> options() {
    List<WeightOptions> all = new ArrayList<>();
    all.add(WeightOptions.of(Precision.FP32));
    all.add(WeightOptions.of(Precision.FP16));
    for (Precision precision : List.of(Precision.INT4, Precision.INT8)) {
      for (Algorithm algorithm : Algorithm.values()) {
        for (boolean symmetric : List.of(true, false)) {
          for (int size : List.of(16, 32, 64)) {
            all.add(
                WeightOptions.of(precision)
                    .withBlocks(size, symmetric)
                    .withAlgorithm(algorithm)
                    .withAccuracyLevel(0));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("options")
  void theRuntimeComputesWhatTheWeightsSay(WeightOptions options) throws Exception {
    float[] weights = random(ROWS * COLUMNS, 1);
    float[] x = random(COLUMNS, 2);
    List<TensorReport> reports = write(options, weights, 2);

    double bound = bound(options);
    assertThat(reports.getFirst().relativeError()).isLessThanOrEqualTo(bound);
    try (Run run = run(x)) {
      float[] product = run.row("product", 0);
      double[] exact = product(weights, x);
      for (int i = 0; i < ROWS; i++) {
        assertThat((double) product[i])
            .isCloseTo(exact[i], within(bound * norm(weights, i) * norm(x, 0) * 1.5 + 1e-5));
      }
      for (int i = 0; i < IDS.length; i++) {
        float[] row = run.row("embedded", i);
        for (int j = 0; j < COLUMNS; j++) {
          float weight = weights[(int) IDS[i] * COLUMNS + j];
          assertThat(row[j]).isCloseTo(weight, within((float) (bound * 4)));
        }
      }
    }
  }

  @Test
  void aTiedTableLiesInTheFileOnceAndGivesTheSameNumbers() throws Exception {
    for (Precision precision : Precision.values()) {
      float[] weights = random(ROWS * COLUMNS, 3);
      WeightOptions options = WeightOptions.of(precision).withAccuracyLevel(0);

      write(options, weights, 1);

      WeightFormat format = options.headFormat("/lm_head/MatMul");
      long once = format.bytes(ROWS, COLUMNS);
      assertThat(Files.size(folder.resolve("model.onnx.data")))
          .as(precision.id())
          .isBetween(3 * once - 500, 3 * once + 500); // product, untied head, shared table
      try (Run run = run(random(COLUMNS, 4))) {
        assertThat(run.row("tied", 0)).isEqualTo(run.row("logits", 0));
      }
    }
  }

  @Test
  void theBytesDoNotDependOnTheNumberOfThreads() throws IOException {
    float[] weights = random(3000 * 512, 5);
    WeightMatrix matrix = WeightMatrix.of(3000, 512, weights);
    List<byte[]> files = new ArrayList<>();
    List<List<TensorReport>> reports = new ArrayList<>();
    for (int threads : List.of(1, 2, 7)) {
      Path file = folder.resolve(threads + ".data");
      try (WeightFile data = WeightFile.create(file);
          Encoder encoder =
              new Encoder(
                  WeightOptions.of(Precision.INT4).withBlocks(64, false),
                  false,
                  threads,
                  Progress.NONE)) {
        OnnxGraph graph = new OnnxGraph("test", data);
        encoder.matMul(graph, "/w/MatMul", matrix, graph.input("x", OnnxType.FLOAT));
        reports.add(encoder.reports());
      }
      files.add(Files.readAllBytes(file));
    }

    assertThat(files).allSatisfy(bytes -> assertThat(bytes).isEqualTo(files.getFirst()));
    assertThat(reports).containsOnly(reports.getFirst());
  }

  @Test
  void unusualWeightsAreNamedAndStoredAsSomethingFinite() throws Exception {
    float[] weights = random(ROWS * COLUMNS, 6);
    weights[70] = Float.NaN;
    weights[200] = Float.POSITIVE_INFINITY;
    weights[300] = Float.NEGATIVE_INFINITY;
    Arrays.fill(weights, 10 * COLUMNS, 10 * COLUMNS + 32, 0);

    List<TensorReport> reports = write(WeightOptions.of(Precision.INT4), weights, 2);

    assertThat(reports.getFirst().warnings())
        .containsExactly(
            "'/product/MatMul': 1 values are not numbers (NaN), stored as 0; 2 values are infinite,"
                + " stored as the largest finite value near them; 1 blocks are all zero");
    try (Run run = run(random(COLUMNS, 7))) {
      for (float value : run.row("product", 0)) {
        assertThat(value).isFinite();
      }
    }
  }

  @Test
  void patternsChooseThePrecisionOfNodes() {
    WeightOptions options =
        WeightOptions.of(Precision.INT4)
            .withPatterns(List.of("*/layers.0/*"), List.of("*/down_proj/*"));

    assertThat(options.formatOf("/model/layers.0/mlp/down_proj/MatMul").label()).isEqualTo("fp32");
    assertThat(options.formatOf("/model/layers.1/mlp/down_proj/MatMul").label())
        .isEqualTo("int8/32");
    assertThat(options.formatOf("/model/layers.1/mlp/up_proj/MatMul").label()).isEqualTo("int4/32");
  }

  @Test
  void theSearchLosesLessThanTheRange() throws IOException {
    float[] weights = random(ROWS * COLUMNS, 8);
    for (boolean symmetric : List.of(true, false)) {
      WeightOptions plain = WeightOptions.of(Precision.INT4).withBlocks(32, symmetric);

      double range = write(plain, weights, 1).getFirst().relativeError();
      double search =
          write(plain.withAlgorithm(Algorithm.K_QUANT), weights, 1).getFirst().relativeError();

      assertThat(search).as("symmetric " + symmetric).isLessThan(range * 0.985);
    }
  }

  /** Half a step of a block of normal values, relative to their size, with room. */
  private static double bound(WeightOptions options) {
    return switch (options.precision()) {
      case FP32 -> 1e-6;
      case FP16 -> 1e-3;
      case INT8 -> 0.02;
      case INT4 -> 0.2;
    };
  }

  private List<TensorReport> write(WeightOptions options, float[] weights, int threads)
      throws IOException {
    WeightMatrix matrix = WeightMatrix.of(ROWS, COLUMNS, weights);
    try (WeightFile data = WeightFile.create(folder.resolve("model.onnx.data"));
        Encoder encoder = new Encoder(options, true, threads, Progress.NONE)) {
      OnnxGraph graph = new OnnxGraph("test", data);
      String x =
          graph.input(
              "x",
              OnnxType.FLOAT,
              OnnxDimension.of(1),
              OnnxDimension.of(1),
              OnnxDimension.of(COLUMNS));
      String ids =
          graph.input("ids", OnnxType.INT64, OnnxDimension.of(1), OnnxDimension.of(IDS.length));
      output(graph, "product", encoder.matMul(graph, "/product/MatMul", matrix, x));
      output(graph, "embedded", encoder.gather(graph, "/embed/Gather", matrix, ids));
      output(graph, "tied", encoder.head(graph, "/tied/MatMul", matrix, x, true));
      output(graph, "logits", encoder.head(graph, "/lm_head/MatMul", matrix, x, false));
      graph.write(folder.resolve("model.onnx"));
      return encoder.reports();
    }
  }

  private static void output(OnnxGraph graph, String name, String value) {
    graph.output(
        name, OnnxType.FLOAT, OnnxDimension.of("a"), OnnxDimension.of("b"), OnnxDimension.of("c"));
    graph.add(OnnxOp.IDENTITY, "/" + name, List.of(value), List.of(name));
  }

  private record Run(OrtSession session, OrtSession.Result result) implements AutoCloseable {
    float[] row(String output, int index) throws OrtException {
      return ((float[][][]) result.get(output).orElseThrow().getValue())[0][index];
    }

    @Override
    public void close() throws OrtException {
      result.close();
      session.close();
    }
  }

  private Run run(float[] x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession session =
        environment.createSession(
            folder.resolve("model.onnx").toString(), new OrtSession.SessionOptions());
    try (OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), new long[] {1, 1, COLUMNS});
        OnnxTensor ids =
            OnnxTensor.createTensor(
                environment, LongBuffer.wrap(IDS), new long[] {1, IDS.length})) {
      return new Run(session, session.run(Map.of("x", input, "ids", ids)));
    }
  }

  private static double[] product(float[] weights, float[] x) {
    double[] product = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        product[i] += (double) weights[i * COLUMNS + j] * x[j];
      }
    }
    return product;
  }

  private static double norm(float[] values, int row) {
    double squares = 0;
    for (int j = 0; j < COLUMNS; j++) {
      squares += (double) values[row * COLUMNS + j] * values[row * COLUMNS + j];
    }
    return Math.sqrt(squares);
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
