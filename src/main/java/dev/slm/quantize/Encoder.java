package dev.slm.quantize;

import dev.slm.base.Progress;
import dev.slm.format.OnnxGraph;
import dev.slm.format.Safetensors;
import dev.slm.format.WeightEncoder;
import dev.slm.format.WeightMatrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Stores a graph's weights as the options say, and remembers what that cost. The same weights and
 * options give the same bytes, whatever the number of threads.
 */
public final class Encoder implements WeightEncoder, AutoCloseable {
  /** Beside the index that says what lies in it. */
  private static final Path WEIGHT_FILE = Path.of("model.onnx.data");

  private final WeightOptions options;
  private final boolean tied;
  private final RowBlocks blocks;
  private final Progress progress;
  private final List<TensorReport> reports = new ArrayList<>();
  private final List<Safetensors.Tensor> kept = new ArrayList<>();
  private Optional<StoredWeight> table = Optional.empty();

  /**
   * @param tied whether the last layer shares the embedding's table
   * @param progress told of the source's bytes as they are done
   */
  public Encoder(WeightOptions options, boolean tied, int threads, Progress progress) {
    this.options = options;
    this.tied = tied;
    this.blocks = new RowBlocks(threads);
    this.progress = progress;
  }

  @Override
  public String matMul(OnnxGraph graph, String node, WeightMatrix weight, String input) {
    return store(graph, node, weight, options.formatOf(node)).matMul(graph, node, input);
  }

  @Override
  public String gather(OnnxGraph graph, String node, WeightMatrix weight, String ids) {
    WeightFormat format = options.tableFormat(node, weight.columns(), tied);
    StoredWeight stored = store(graph, node, weight, format);
    table = Optional.of(stored);
    return stored.gather(graph, node, ids);
  }

  @Override
  public String head(
      OnnxGraph graph, String node, WeightMatrix weight, String input, boolean isTied) {
    StoredWeight stored =
        table
            .filter(shared -> isTied && tied && shared.hasShape(weight))
            .orElseGet(() -> store(graph, node, weight, options.headFormat(node)));
    return stored.matMul(graph, node, input);
  }

  private StoredWeight store(
      OnnxGraph graph, String node, WeightMatrix weight, WeightFormat format) {
    String constant = node.substring(1).replace('/', '.') + ".weight";
    StoredWeight stored =
        switch (format) {
          case WeightFormat.Plain plain -> new PlainWeight(graph, constant, weight, plain);
          case BlockFormat block ->
              new BlockWeight(
                  graph, constant, weight, block, options.algorithm(), options.accuracyLevel());
        };
    Findings findings = blocks.run(weight.rows(), weight.columns(), () -> watched(weight, stored));
    TensorReport report =
        new TensorReport(
            node,
            format.label(),
            weight.rows(),
            weight.columns(),
            format.bytes(weight.rows(), weight.columns()),
            findings.relativeError(),
            findings.notNumbers(),
            findings.infinities(),
            findings.zeroBlocks());
    reports.add(report);
    kept.addAll(stored.kept(weight, WEIGHT_FILE));
    report.warnings().forEach(progress::warn);
    return stored;
  }

  private RowBlocks.Worker watched(WeightMatrix weight, StoredWeight stored) {
    RowBlocks.Worker worker = stored.worker(weight);
    return (from, count) -> {
      progress.checkCancelled();
      Findings findings = worker.work(from, count);
      progress.advance(count * weight.storedRowBytes());
      return findings;
    };
  }

  /** What became of each weight, in the order of the graph. */
  public List<TensorReport> reports() {
    return List.copyOf(reports);
  }

  /** The checkpoint's tensors that can be read again from the weight file. */
  public List<Safetensors.Tensor> kept() {
    return List.copyOf(kept);
  }

  @Override
  public void close() {
    blocks.close();
  }
}
