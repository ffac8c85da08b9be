package dev.slm.prepare;

import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Scores with the engine that models run with later. */
public final class EngineScorer implements ModelScorer {
  private final Supplier<Engines> engines;

  /**
   * @param engines asked only when a model is run: loading the native runtime takes time
   */
  public EngineScorer(Supplier<Engines> engines) {
    this.engines = engines;
  }

  @Override
  public List<int[]> tokens(Path folder, List<String> texts) {
    try (Tokenizer tokenizer = Tokenizer.open(folder, "")) {
      return texts.stream().map(tokenizer::encodeCompletion).toList();
    }
  }

  @Override
  public void score(Path folder, List<int[]> passages, Predictions predictions, Progress progress) {
    int longest = passages.stream().mapToInt(ids -> ids.length).max().orElse(1);
    LoadSettings settings = new LoadSettings(0, longest).madeHere();
    try (LoadedModel model =
        engines.get().find(Engines.DEFAULT).load(folder, settings, quiet(progress))) {
      for (int i = 0; i < passages.size(); i++) {
        int passage = i;
        try (Sequence sequence = model.newSequence()) {
          sequence.score(
              passages.get(i),
              (position, logits) -> predictions.accept(passage, position, logits),
              quiet(progress));
        }
      }
    }
  }

  /** The engine has stages of its own; what counts here is the whole. */
  private static Progress quiet(Progress progress) {
    return new Progress() {
      @Override
      public void start(String what, long total, Unit unit) {}

      @Override
      public void advance(long amount) {}

      @Override
      public void note(String line) {
        progress.note(line);
      }

      @Override
      public void warn(String line) {
        progress.warn(line);
      }

      @Override
      public boolean isCancelled() {
        return progress.isCancelled();
      }
    };
  }
}
