package dev.slm.quantize;

import dev.slm.format.Initializer;
import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxGraph;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import dev.slm.format.Safetensors;
import dev.slm.format.StoredType;
import dev.slm.format.WeightMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A weight as floats. It keeps the checkpoint's layout, a row for each output, so that embedding
 * and last layer can share it; the runtime's FusedMatMul transposes while it packs. Halves are made
 * floats when the model is loaded: the processor kernels of the runtime compute in fp32.
 */
final class PlainWeight implements StoredWeight {
  private static final float LARGEST_HALF = 65504;

  private final WeightFormat.Plain format;
  private final String name;
  private final int rows;
  private final int columns;
  private final Initializer values;

  PlainWeight(OnnxGraph graph, String name, WeightMatrix weight, WeightFormat.Plain format) {
    this.format = format;
    this.name = name;
    this.rows = weight.rows();
    this.columns = weight.columns();
    OnnxType type = format == WeightFormat.Plain.FP32 ? OnnxType.FLOAT : OnnxType.FLOAT16;
    this.values = graph.initializer(name, type, rows, columns);
  }

  @Override
  public RowBlocks.Worker worker(WeightMatrix weight) {
    int most = RowBlocks.rowsPerBlock(rows, columns) * columns;
    float[] buffer = new float[most];
    ByteBuffer bytes = ByteBuffer.allocate(most * format.width()).order(ByteOrder.LITTLE_ENDIAN);
    return (from, count) -> {
      weight.read(from, count, buffer);
      Findings findings = new Findings();
      int total = count * columns;
      findings.countUnusual(buffer, total);
      bytes.clear().limit(total * format.width());
      if (format == WeightFormat.Plain.FP32) {
        bytes.asFloatBuffer().put(buffer, 0, total);
      } else {
        putHalves(buffer, total, bytes);
        measure(buffer, from, count, bytes, findings);
      }
      values.write((long) from * columns * format.width(), bytes);
      return findings;
    };
  }

  private static void putHalves(float[] from, int count, ByteBuffer into) {
    short[] halves = new short[count];
    for (int i = 0; i < count; i++) {
      float value = from[i];
      boolean isTooLarge = Math.abs(value) > LARGEST_HALF && !Float.isInfinite(value);
      halves[i] = Float.floatToFloat16(isTooLarge ? Math.copySign(LARGEST_HALF, value) : value);
    }
    into.asShortBuffer().put(halves);
  }

  private void measure(float[] buffer, int from, int count, ByteBuffer bytes, Findings findings) {
    for (int row = 0; row < count; row++) {
      if ((from + row) % MEASURED_ROWS == 0) {
        double lost = 0;
        double all = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
          double difference = buffer[i] - Float.float16ToFloat(bytes.getShort(2 * i));
          lost += difference * difference;
          all += (double) buffer[i] * buffer[i];
        }
        findings.addError(lost, all);
      }
    }
  }

  @Override
  public List<Safetensors.Tensor> kept(WeightMatrix weight, Path file) {
    if (values.offset().isEmpty()) {
      return List.of();
    }
    long at = values.offset().getAsLong();
    List<Safetensors.Tensor> tensors = new ArrayList<>();
    StoredType type = format == WeightFormat.Plain.FP32 ? StoredType.F32 : StoredType.F16;
    for (WeightMatrix.Part part : weight.parts()) {
      List<Long> shape = List.of((long) part.rows(), (long) columns);
      long bytes = (long) part.rows() * columns * format.width();
      tensors.add(new Safetensors.Tensor(part.tensor(), type, shape, file, at, bytes));
      at += bytes;
    }
    return tensors;
  }

  @Override
  public String matMul(OnnxGraph graph, String node, String input) {
    return graph.add(
        OnnxOp.FUSED_MAT_MUL, node, List.of(input, floats(graph)), OnnxAttribute.of("transB", 1));
  }

  private String floats(OnnxGraph graph) {
    if (format == WeightFormat.Plain.FP32) {
      return name;
    }
    String node = "/" + name + "/Cast";
    String output = node + "/output_0";
    return graph.has(output) ? output : cast(graph, node, name);
  }

  @Override
  public String gather(OnnxGraph graph, String node, String ids) {
    String rowsOfIds = graph.add(OnnxOp.GATHER, node, List.of(name, ids));
    return format == WeightFormat.Plain.FP32 ? rowsOfIds : cast(graph, node + "/Cast", rowsOfIds);
  }

  private static String cast(OnnxGraph graph, String node, String value) {
    return graph.add(
        OnnxOp.CAST, node, List.of(value), OnnxAttribute.of("to", OnnxType.FLOAT.code()));
  }

  @Override
  public boolean hasShape(WeightMatrix weight) {
    return weight.rows() == rows && weight.columns() == columns;
  }
}
