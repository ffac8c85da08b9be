package dev.slm.session;

import dev.slm.base.Progress;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import java.nio.file.Path;

/** KV caches of conversations in files, from and to a model's memory. */
record KeptCaches(LoadedModel model, SequencePool sequences) {
  private static final GenerationSettings ONE_TOKEN = GenerationSettings.greedy(1);

  /** Keeps the cache of these tokens and of nothing else; says how many it holds. */
  int save(int[] ids, Path file, Progress progress) {
    SequencePool.Held held = sequences.take(ids);
    try {
      // computes what is not there, and drops what belongs to another conversation
      Sequence.Tokens ignored = (_, _) -> false;
      var _ = held.sequence().generate(ids, ONE_TOKEN, ignored, progress);
      progress.checkCancelled();
      held.sequence().save(file);
      return held.sequence().length();
    } finally {
      held.holds(ids);
      sequences.give(held);
    }
  }

  /** Takes the cache of these tokens from a file; says how many it holds. */
  int restore(int[] ids, Path file) {
    SequencePool.Held held = new SequencePool.Held(model.restore(file));
    held.holds(ids);
    sequences.give(held);
    return held.sequence().length();
  }
}
