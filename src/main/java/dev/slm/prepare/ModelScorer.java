package dev.slm.prepare;

import dev.slm.base.Progress;
import java.nio.file.Path;
import java.util.List;

/** Runs a model folder over text, to see what it predicts. */
public interface ModelScorer {
  /** Cuts texts into the model's tokens. */
  List<int[]> tokens(Path folder, List<String> texts);

  /** Loads the model, and tells what it predicts behind each token of each passage. */
  void score(Path folder, List<int[]> passages, Predictions predictions, Progress progress);

  /** Receives a prediction; the row is used again for the next one. */
  interface Predictions {
    void accept(int passage, int position, float[] logits);
  }
}
