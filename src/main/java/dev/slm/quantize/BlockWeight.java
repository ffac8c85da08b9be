package dev.slm.quantize;

import dev.slm.format.Initializer;
import dev.slm.format.OnnxAttribute;
import dev.slm.format.OnnxGraph;
import dev.slm.format.OnnxOp;
import dev.slm.format.OnnxType;
import dev.slm.format.WeightMatrix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A weight as blocks of numbers for MatMulNBits and GatherBlockQuantized. The two want different
 * shapes of the same bytes, so that a shared table has two views and lies in the file once.
 */
final class BlockWeight implements StoredWeight {
  private final BlockFormat format;
  private final Algorithm algorithm;
  private final int accuracyLevel;
  private final int rows;
  private final int columns;
  private final String name;
  private final Initializer numbers;
  private final Initializer scales;
  private final @Nullable Initializer zeros;

  BlockWeight(
      OnnxGraph graph,
      String weightName,
      WeightMatrix weight,
      BlockFormat format,
      Algorithm algorithm,
      int accuracyLevel) {
    this.format = format;
    this.algorithm = algorithm;
    this.accuracyLevel = accuracyLevel;
    this.rows = weight.rows();
    this.columns = weight.columns();
    this.name = weightName + "_Q" + format.bits();
    int blocks = format.blocks(columns);
    this.numbers = graph.initializer(name, OnnxType.UINT8, rows, blocks, format.blockBytes());
    this.scales = graph.initializer(weightName + "_scales", OnnxType.FLOAT, rows, blocks);
    this.zeros =
        format.symmetric()
            ? null
            : graph.initializer(
                weightName + "_zp", OnnxType.UINT8, rows, format.zeroBytes(columns));
  }

  @Override
  public RowBlocks.Worker worker(WeightMatrix weight) {
    int most = RowBlocks.rowsPerBlock(rows, columns);
    float[] buffer = new float[most * columns];
    EncodedRows encoded = new EncodedRows(format, most, columns);
    ByteBuffer scaleBytes =
        ByteBuffer.allocate(most * format.blocks(columns) * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    RowQuantizer quantizer = new RowQuantizer(format, algorithm, columns);
    return (from, count) -> {
      weight.read(from, count, buffer);
      Findings findings = new Findings();
      for (int row = 0; row < count; row++) {
        quantizer.quantize(buffer, row * columns, encoded, row, findings);
        if ((from + row) % MEASURED_ROWS == 0) {
          quantizer.measure(encoded, row, findings);
        }
      }
      write(encoded, scaleBytes, from, count);
      return findings;
    };
  }

  private void write(EncodedRows encoded, ByteBuffer scaleBytes, int from, int count) {
    int rowBytes = format.rowBytes(columns);
    numbers.write((long) from * rowBytes, ByteBuffer.wrap(encoded.numbers(), 0, count * rowBytes));
    int blocks = format.blocks(columns);
    scaleBytes.clear().limit(count * blocks * Float.BYTES);
    scaleBytes.asFloatBuffer().put(encoded.scales(), 0, count * blocks);
    scales.write((long) from * blocks * Float.BYTES, scaleBytes);
    if (zeros != null) {
      int zeroBytes = format.zeroBytes(columns);
      zeros.write((long) from * zeroBytes, ByteBuffer.wrap(encoded.zeros(), 0, count * zeroBytes));
    }
  }

  @Override
  public String matMul(OnnxGraph graph, String node, String input) {
    List<OnnxAttribute> attributes =
        new ArrayList<>(
            List.of(
                OnnxAttribute.of("K", columns),
                OnnxAttribute.of("N", rows),
                OnnxAttribute.of("bits", format.bits()),
                OnnxAttribute.of("block_size", format.size())));
    if (accuracyLevel > 0) {
      attributes.add(OnnxAttribute.of("accuracy_level", accuracyLevel));
    }
    return graph.add(
        OnnxOp.MAT_MUL_NBITS, node, inputs(input, name), attributes.toArray(OnnxAttribute[]::new));
  }

  @Override
  public String gather(OnnxGraph graph, String node, String ids) {
    String flat = graph.view(name + "_flat", numbers, rows, format.rowBytes(columns));
    return graph.add(
        OnnxOp.GATHER_BLOCK_QUANTIZED,
        node,
        inputs(flat, ids),
        OnnxAttribute.of("gather_axis", 0),
        OnnxAttribute.of("quantize_axis", 1),
        OnnxAttribute.of("block_size", format.size()),
        OnnxAttribute.of("bits", format.bits()));
  }

  private List<String> inputs(String first, String second) {
    return zeros == null
        ? List.of(first, second, scales.name())
        : List.of(first, second, scales.name(), zeros.name());
  }

  @Override
  public boolean hasShape(WeightMatrix weight) {
    return weight.rows() == rows && weight.columns() == columns;
  }
}
