package dev.slm.engine.ort;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.engine.ort.GraphIo.LogitsRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session of onnxruntime with the sequences that use it; closed when the last one is free. */
final class OrtModel implements LoadedModel {
  /** Tokens of one prefill run while a run stays well below half a second on two cores. */
  private static final int LARGEST_CHUNK = 256;

  private static final int SMALLEST_CHUNK = 32;
  private static final long WEIGHTS_OF_LARGEST_CHUNK = 500_000_000;

  /** Rows of logits for a whole vocabulary are large: 152,000 floats each for Qwen2.5. */
  private static final int MOST_LOGITS_BYTES = 40_000_000;

  /** Smaller ones stay in the processor's caches. */
  private static final long WEIGHTS_FOR_LARGE_PAGES = 64_000_000;

  /** A property of the JVM, with which the gain can be measured. */
  private static final String SMALL_PAGES = "slm.pages.small";

  private final Path folder;
  private final Stages stages;
  private final GraphIo io;
  private final int contextLength;
  private final int threads;
  private final long weightBytes;
  private final Lull lull = new Lull();
  private final Set<OrtSequence> sequences = new HashSet<>();
  private byte @Nullable [] fingerprint;
  private boolean isClosed;
  private boolean isSessionClosed;

  OrtModel(
      Path folder, Stages stages, GraphIo io, int contextLength, int threads, long weightBytes) {
    this.folder = folder;
    this.stages = stages;
    this.io = io;
    this.contextLength = contextLength;
    this.threads = threads;
    this.weightBytes = weightBytes;
  }

  /** Makes reading the weights faster, beside everything else (decision record 11). */
  @Override
  public void settle() {
    if (weightBytes >= WEIGHTS_FOR_LARGE_PAGES && !Boolean.getBoolean(SMALL_PAGES)) {
      Thread.ofPlatform().daemon().name("slm-pages").start(() -> LargePages.join(lull::await));
    }
  }

  /** When pages may be joined: not while a prompt is read or a short answer given. */
  Lull lull() {
    return lull;
  }

  @Override
  public String engine() {
    return OrtEngine.NAME;
  }

  @Override
  public int vocabularySize() {
    return io.vocabulary();
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public Set<Integer> stopTokens() {
    return io.names().stopTokens();
  }

  @Override
  public long weightBytes() {
    return weightBytes;
  }

  @Override
  public long bytesPerToken() {
    return io.bytesPerToken();
  }

  @Override
  public int threads() {
    return threads;
  }

  Path folder() {
    return folder;
  }

  /** What tells this model's saved conversations from those of others. */
  synchronized byte[] fingerprint() throws IOException {
    if (fingerprint == null) {
      fingerprint = Fingerprint.of(folder);
    }
    return fingerprint;
  }

  GraphIo io() {
    return io;
  }

  /**
   * Tokens of one prefill run. Depends on the model only, not on measured speed: the same prompt
   * must be computed the same way each time, or a seed would not give the same text.
   */
  int chunk() {
    long byWork = LARGEST_CHUNK * WEIGHTS_OF_LARGEST_CHUNK / Math.max(weightBytes, 1);
    int chunk = Math.clamp(byWork, SMALLEST_CHUNK, LARGEST_CHUNK);
    return io.rows() == LogitsRows.ALL ? Math.min(chunk, rowsAtOnce()) : chunk;
  }

  /** Tokens of one run that gives the logits after each. */
  int scoreChunk() {
    return io.rows() == LogitsRows.LAST ? 1 : Math.min(chunk(), rowsAtOnce());
  }

  private int rowsAtOnce() {
    return Math.max(1, MOST_LOGITS_BYTES / (io.vocabulary() * Float.BYTES));
  }

  @Override
  public Sequence newSequence() {
    return begin();
  }

  @Override
  public Sequence restore(Path file) {
    OrtSequence sequence = begin();
    try {
      sequence.restore(file);
      return sequence;
    } catch (RuntimeException e) {
      sequence.close();
      throw e;
    }
  }

  private synchronized OrtSequence begin() {
    if (isClosed) {
      throw Problem.failed("the model was unloaded").next("model load NAME");
    }
    try {
      Decoder decoder = new Decoder(stages.runner(), io, contextLength, chunk());
      OrtSequence sequence = new OrtSequence(this, decoder, new OrtSession.RunOptions());
      sequences.add(sequence);
      return sequence;
    } catch (OrtException e) {
      throw OrtRuntime.problem("cannot begin a conversation with", folder, e);
    }
  }

  /** A sequence gave its memory back. */
  synchronized void released(OrtSequence sequence) {
    sequences.remove(sequence);
    closeSessionWhenUnused();
  }

  @Override
  public void close() {
    List<OrtSequence> open;
    synchronized (this) {
      isClosed = true;
      lull.close();
      open = List.copyOf(sequences);
    }
    // outside of the lock: each waits for its running work
    open.forEach(OrtSequence::close);
    synchronized (this) {
      closeSessionWhenUnused();
    }
  }

  /** A session that runs must not be closed: the process would die. */
  private void closeSessionWhenUnused() {
    if (isClosed && sequences.isEmpty() && !isSessionClosed) {
      isSessionClosed = true;
      try {
        stages.close();
      } catch (OrtException e) {
        throw OrtRuntime.problem("cannot unload", folder, e);
      }
    }
  }
}
