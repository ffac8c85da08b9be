package dev.slm.prepare;

import dev.slm.base.Progress;
import dev.slm.model.Precision;
import dev.slm.quantize.TensorReport;
import java.nio.file.Path;
import java.util.List;

/** Runs the unquantized weights and the result over a text, one after the other. */
final class QualityCheck {
  /** Disk for what the first model predicted. */
  static final long MOST_ROW_BYTES = 400_000_000;

  /** More tokens change the figures by less than texts differ. */
  private static final int MOST_TOKENS = 1200;

  private final ModelScorer scorer;
  private final QualityText text;
  private final Path scratch;

  /**
   * @param scratch a folder for a temporary file
   */
  QualityCheck(ModelScorer scorer, QualityText text, Path scratch) {
    this.scorer = scorer;
    this.text = text;
    this.scratch = scratch;
  }

  /** Whether there is another model to compare with: fp32 is its own reference. */
  static boolean needsReference(QuantizeRequest request) {
    return request.options().precision() != Precision.FP32;
  }

  /** Compares a result with the unquantized model; both may be the same folder. */
  QualityReport compare(
      Path reference, Path result, int vocabulary, List<TensorReport> weights, Progress progress) {
    int most = (int) Math.min(MOST_TOKENS, MOST_ROW_BYTES / ((long) vocabulary * Float.BYTES));
    List<int[]> passages = QualityText.limited(scorer.tokens(result, text.passages()), most);
    if (passages.isEmpty()) {
      return QualityReport.skipped("the text has no tokens", weights);
    }
    int[] firstRow = firstRows(passages);
    int tokens = firstRow[passages.size()];
    Divergence divergence = new Divergence();
    try (LogitsFile rows = new LogitsFile(scratch.resolve("predictions"), vocabulary)) {
      progress.start("running the unquantized weights", tokens, Progress.Unit.ITEMS);
      scorer.score(
          reference,
          passages,
          (passage, position, logits) -> {
            rows.write(firstRow[passage] + position, logits);
            progress.advance(1);
          },
          progress);
      progress.start("running the result", tokens, Progress.Unit.ITEMS);
      float[] expected = new float[vocabulary];
      scorer.score(
          result,
          passages,
          (passage, position, logits) -> {
            int[] ids = passages.get(passage);
            if (position + 1 < ids.length) {
              rows.read(firstRow[passage] + position, expected);
              divergence.add(expected, logits, ids[position + 1]);
            }
            progress.advance(1);
          },
          progress);
    }
    return QualityReport.of(text.source(), divergence, weights);
  }

  /** Where each passage's rows begin, and behind them the number of all. */
  private static int[] firstRows(List<int[]> passages) {
    int[] first = new int[passages.size() + 1];
    for (int i = 0; i < passages.size(); i++) {
      first[i + 1] = first[i] + passages.get(i).length;
    }
    return first;
  }
}
