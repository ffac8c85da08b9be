package dev.slm.engine.genai;

import ai.onnxruntime.genai.Model;
import dev.slm.base.Problem;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.engine.check.ModelCheck;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A model of onnxruntime-genai; freed when the last sequence that uses it is. */
final class GenaiModel implements LoadedModel {
  private final ModelCheck check;
  private final Model model;
  private final int contextLength;
  private final int threads;
  private final Set<GenaiSequence> sequences = new HashSet<>();
  private boolean isClosed;
  private boolean isFreed;

  GenaiModel(ModelCheck check, Model model, int contextLength, int threads) {
    this.check = check;
    this.model = model;
    this.contextLength = contextLength;
    this.threads = threads;
  }

  @Override
  public String engine() {
    return GenaiEngine.NAME;
  }

  @Override
  public int vocabularySize() {
    return check.config().vocabularySize();
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public Set<Integer> stopTokens() {
    return check.config().stopTokens();
  }

  @Override
  public long weightBytes() {
    return check.weightBytes();
  }

  @Override
  public long bytesPerToken() {
    return check.bytesPerToken();
  }

  @Override
  public int threads() {
    return threads;
  }

  Model model() {
    return model;
  }

  ModelCheck check() {
    return check;
  }

  @Override
  public synchronized Sequence newSequence() {
    if (isClosed) {
      throw Problem.failed("the model was unloaded").next("model load NAME");
    }
    GenaiSequence sequence = new GenaiSequence(this);
    sequences.add(sequence);
    return sequence;
  }

  synchronized void released(GenaiSequence sequence) {
    sequences.remove(sequence);
    freeWhenUnused();
  }

  @Override
  public void close() {
    List<GenaiSequence> open;
    synchronized (this) {
      isClosed = true;
      open = List.copyOf(sequences);
    }
    open.forEach(GenaiSequence::close);
    synchronized (this) {
      freeWhenUnused();
    }
  }

  private void freeWhenUnused() {
    if (isClosed && sequences.isEmpty() && !isFreed) {
      isFreed = true;
      model.close();
    }
  }
}
