package dev.slm.prepare;

import dev.slm.base.Progress;
import java.nio.file.Path;
import java.util.List;

/** Runs a model folder over text, to see what it predicts. */
public interface ModelScorer {
  /** Whether the model has a chat template of its own, and so was trained on conversations. */
  boolean isChatModel(Path folder);

  /**
   * Cuts passages into the model's tokens; conversations are written with its chat template, as
   * they are when people talk to it.
   */
  List<Sample> samples(Path folder, List<Passage> passages);

  /** Loads the model, and tells what it predicts behind each token of each sample. */
  void score(Path folder, List<Sample> samples, Predictions predictions, Progress progress);

  /** Receives a prediction; the row is used again for the next one. */
  interface Predictions {
    void accept(int sample, int position, float[] logits);
  }
}
