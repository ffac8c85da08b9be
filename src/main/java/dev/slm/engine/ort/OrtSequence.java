package dev.slm.engine.ort;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Generation;
import dev.slm.engine.Sequence;
import dev.slm.engine.TokenMask;
import dev.slm.model.GenerationSettings;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One conversation on our decode loop. The lock guards who works with the native memory: it is
 * given back only when nobody does, whoever closes it and whenever.
 */
final class OrtSequence implements Sequence {
  private final OrtModel model;
  private final Decoder decoder;
  private final OrtSession.RunOptions options;
  private final Object lock = new Object();
  private @Nullable Thread owner;
  private boolean isClosed;
  private boolean isFreed;
  private long turn;
  private volatile boolean isCancelled;

  OrtSequence(OrtModel model, Decoder decoder, OrtSession.RunOptions options) {
    this.model = model;
    this.decoder = decoder;
    this.options = options;
  }

  @Override
  public Generation generate(
      int[] prompt, GenerationSettings settings, TokenMask mask, Tokens tokens, Progress progress) {
    return exclusively(
        progress, () -> new Answer(this, model, settings, mask, tokens, progress).to(prompt));
  }

  @Override
  public void score(int[] ids, LogitsRow consumer, Progress progress) {
    model.checkPrompt(ids, 0);
    exclusively(
        progress,
        () -> {
          scoreAll(ids, consumer, progress);
          return true;
        });
  }

  private void scoreAll(int[] ids, LogitsRow consumer, Progress progress) {
    decoder.truncate(0);
    progress.start("scoring", ids.length, Progress.Unit.ITEMS);
    int chunk = model.scoreChunk();
    for (int from = 0; from < ids.length; from += chunk) {
      int count = Math.min(chunk, ids.length - from);
      if (isCancelled || !run(ids, from, count, consumer::accept)) {
        throw Problem.interrupted();
      }
      progress.advance(count);
    }
  }

  @Override
  public int length() {
    return decoder.length();
  }

  @Override
  public long memory() {
    return decoder.cache().memory();
  }

  @Override
  public void save(Path file) {
    exclusively(
        Progress.NONE,
        () -> {
          CacheFile.write(file, model, decoder);
          return true;
        });
  }

  /** Fills the cache from a file. */
  void restore(Path file) {
    exclusively(
        Progress.NONE,
        () -> {
          CacheFile.read(file, model, decoder);
          return true;
        });
  }

  Decoder decoder() {
    return decoder;
  }

  boolean isCancelled() {
    return isCancelled;
  }

  /** Computes tokens; false when it was cancelled meanwhile, and then the cache is as before. */
  boolean run(int[] ids, int from, int count, Decoder.@Nullable Rows rows) {
    int before = decoder.length();
    try {
      decoder.run(ids, from, count, options, rows);
      return true;
    } catch (OrtException e) {
      decoder.truncate(before);
      if (isCancelled) {
        return false;
      }
      throw OrtRuntime.problem("computing failed in", model.folder(), e);
    }
  }

  private <T> T exclusively(Progress progress, Supplier<T> work) {
    Thread caller = Thread.currentThread();
    AtomicBoolean interrupted = new AtomicBoolean();
    return NativeThread.call(
        () -> {
          long mine = begin();
          try (Watch _ =
              Watch.start(
                  () -> interrupted.get() || caller.isInterrupted() || progress.isCancelled(),
                  () -> cancel(mine))) {
            return work.get();
          } finally {
            end();
          }
        },
        () -> interrupted.set(true));
  }

  private long begin() {
    synchronized (lock) {
      if (isClosed) {
        throw Problem.failed("the model was unloaded").next("model load NAME");
      }
      if (owner != null) {
        throw new IllegalStateException("a sequence is used by one thread at a time");
      }
      owner = Thread.currentThread();
      isCancelled = false;
      terminate(false);
      return ++turn;
    }
  }

  private void end() {
    synchronized (lock) {
      owner = null;
      if (isClosed) {
        free();
      }
      lock.notifyAll();
    }
  }

  /** Ends the work of a turn; a late call for an earlier turn does nothing. */
  private void cancel(long ofTurn) {
    synchronized (lock) {
      if (owner != null && turn == ofTurn) {
        isCancelled = true;
        terminate(true);
      }
    }
  }

  @Override
  public void close() {
    boolean interrupted = false;
    synchronized (lock) {
      isClosed = true;
      cancel(turn);
      // the generating thread itself, out of a callback, cannot wait for its own end
      while (owner != null && !owner.equals(Thread.currentThread())) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (owner == null) {
        free();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void free() {
    if (!isFreed) {
      isFreed = true;
      decoder.close();
      options.close();
      model.released(this);
    }
  }

  private void terminate(boolean value) {
    try {
      options.setTerminate(value);
    } catch (OrtException e) {
      throw new IllegalStateException("cannot set the terminate flag", e);
    }
  }
}
