package dev.slm.prepare;

import dev.slm.base.Progress;
import dev.slm.quantize.TensorReport;
import java.nio.file.Path;
import java.util.List;

/** Runs the model that is compared with and the result over texts, one after the other. */
final class QualityCheck {
  /** Disk for what the first model predicted. */
  static final long MOST_ROW_BYTES = 400_000_000;

  private final ModelScorer scorer;
  private final QualityText text;
  private final Path scratch;
  private final int mostTokens;
  private final int contextLength;

  /**
   * @param scratch a folder for a temporary file
   * @param mostTokens of the text that are run
   * @param contextLength of the model: what is longer is cut
   */
  QualityCheck(
      ModelScorer scorer, QualityText text, Path scratch, int mostTokens, int contextLength) {
    this.scorer = scorer;
    this.text = text;
    this.scratch = scratch;
    this.mostTokens = mostTokens;
    this.contextLength = contextLength;
  }

  /** Compares a result with another model; both may be the same folder. */
  QualityReport compare(
      Baseline baseline,
      Path reference,
      Path result,
      int vocabulary,
      List<TensorReport> weights,
      Progress progress) {
    Samples samples = samples(result, vocabulary);
    Divergence divergence = new Divergence();
    try (LogitsFile rows = new LogitsFile(scratch.resolve("predictions"), vocabulary)) {
      String first = baseline == Baseline.UNQUANTIZED ? "the unquantized weights" : "8-bit weights";
      samples.run(
          "running " + first, reference, (row, _, logits) -> rows.write(row, logits), progress);
      float[] expected = new float[vocabulary];
      samples.run(
          "running the result",
          result,
          (row, next, logits) -> {
            rows.read(row, expected);
            divergence.add(expected, logits, next);
          },
          progress);
    }
    return QualityReport.of(baseline, samples.measured(), divergence, weights);
  }

  /** Measures a result alone. */
  QualityReport measure(
      Path result, int vocabulary, List<TensorReport> weights, Progress progress) {
    Samples samples = samples(result, vocabulary);
    Divergence divergence = new Divergence();
    samples.run(
        "running the result",
        result,
        (_, next, logits) -> divergence.addAlone(logits, next),
        progress);
    return QualityReport.of(Baseline.NOTHING, samples.measured(), divergence, weights);
  }

  private Samples samples(Path result, int vocabulary) {
    List<Sample> all = scorer.samples(result, text.passages());
    int mostRows = (int) (MOST_ROW_BYTES / ((long) vocabulary * Float.BYTES));
    List<Sample> fitting =
        all.stream().map(sample -> sample.limited(contextLength, contextLength)).toList();
    return new Samples(all, QualityText.limited(fitting, mostTokens, mostRows));
  }

  /** Receives a prediction that counts, by its number, with the token that really follows. */
  private interface Counted {
    void accept(int row, int next, float[] logits);
  }

  /** What is run, of all that there is. */
  private final class Samples {
    private final List<Sample> all;
    private final List<Sample> run;
    private final int[] firstRow;

    Samples(List<Sample> all, List<Sample> run) {
      this.all = all;
      this.run = run;
      this.firstRow = new int[run.size()];
      for (int i = 1; i < firstRow.length; i++) {
        firstRow[i] = firstRow[i - 1] + run.get(i - 1).counted();
      }
    }

    void run(String what, Path folder, Counted counted, Progress progress) {
      progress.start(what, run.stream().mapToInt(Sample::length).sum(), Progress.Unit.ITEMS);
      scorer.score(
          folder,
          run,
          (index, position, logits) -> {
            Sample sample = run.get(index);
            if (sample.counts(position)) {
              int row = firstRow[index] + sample.row(position);
              counted.accept(row, sample.id(position + 1), logits);
            }
            progress.advance(1);
          },
          progress);
    }

    /** In words: what the figures are of. */
    String measured() {
      int used = run.stream().mapToInt(Sample::counted).sum();
      int there = all.stream().mapToInt(Sample::counted).sum();
      String tokens = used == there ? used + " tokens" : "the first %d of %d tokens";
      return tokens.formatted(used, there) + " of " + text.describe();
    }
  }
}
