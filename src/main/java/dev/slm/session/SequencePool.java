package dev.slm.session;

import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * The KV caches of a model's recent conversations. A request gets the one that holds the longest
 * beginning of its prompt, so that a conversation's next turn computes only what is new.
 */
final class SequencePool implements AutoCloseable {
  /** Idle caches that are kept: the shell's conversation and a few clients of the service. */
  private static final int MOST_IDLE = 4;

  /** A shared beginning shorter than this, such as a system role's name, is not worth a cache. */
  private static final int WORTH_KEEPING = 16;

  private final LoadedModel model;
  private final List<Held> idle = new ArrayList<>();
  private boolean closed;

  /** A sequence with the tokens that it holds at most. */
  static final class Held {
    private final Sequence sequence;
    private int[] ids = new int[0];

    Held(Sequence sequence) {
      this.sequence = sequence;
    }

    Sequence sequence() {
      return sequence;
    }

    void holds(int[] tokens) {
      ids = tokens;
    }

    private int sharedWith(int[] prompt) {
      int shared = 0;
      int most = Math.min(prompt.length, Math.min(ids.length, sequence.length()));
      while (shared < most && ids[shared] == prompt[shared]) {
        shared++;
      }
      return shared;
    }
  }

  SequencePool(LoadedModel model) {
    this.model = model;
  }

  synchronized Held take(int[] prompt) {
    Held best = null;
    int most = -1;
    for (Held held : idle) {
      int shared = held.sharedWith(prompt);
      // a full cache must not be thrown away for a conversation that shares nothing with it
      boolean useful =
          shared >= WORTH_KEEPING || idle.size() >= MOST_IDLE || shared == held.ids.length;
      if (useful && shared > most) {
        best = held;
        most = shared;
      }
    }
    if (best == null) {
      return new Held(model.newSequence());
    }
    idle.remove(best);
    return best;
  }

  synchronized void give(Held held) {
    if (closed) {
      held.sequence.close();
      return;
    }
    idle.addLast(held);
    if (idle.size() > MOST_IDLE) {
      idle.removeFirst().sequence.close();
    }
  }

  /** Bytes of memory that the idle caches hold. */
  synchronized long memory() {
    return idle.stream().mapToLong(held -> held.sequence.memory()).sum();
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(held -> held.sequence.close());
    idle.clear();
  }
}
