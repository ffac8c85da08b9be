package dev.slm.engine.ort;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Generation;
import dev.slm.engine.Prompts;
import dev.slm.engine.Sequence;
import dev.slm.engine.TokenMask;
import dev.slm.engine.Turns;
import dev.slm.model.GenerationSettings;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One conversation on our decode loop. */
final class OrtSequence implements Sequence {
  private final OrtModel model;
  private final Decoder decoder;
  private final OrtSession.RunOptions options;
  private final Turns turns = new Turns(this::cancel, this::free);
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
    Prompts.check(ids, 0, model);
    exclusively(
        progress,
        () -> {
          scoreAll(ids, consumer, progress);
          return true;
        });
  }

  private void scoreAll(int[] ids, LogitsRow consumer, Progress progress) {
    decoder.expect(ids.length);
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
          if (!decoder.isConsistent()) {
            decoder.truncate(0); // the beginning of a long context that was cancelled
          }
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
          long mine = turns.begin(this::reset);
          try (Watch _ =
              Watch.start(
                  () -> interrupted.get() || caller.isInterrupted() || progress.isCancelled(),
                  () -> turns.cancel(mine))) {
            return work.get();
          } finally {
            turns.end();
          }
        },
        () -> interrupted.set(true));
  }

  @Override
  public void close() {
    turns.close();
  }

  private void reset() {
    isCancelled = false;
    terminate(false);
  }

  private void cancel() {
    isCancelled = true;
    terminate(true);
  }

  private void free() {
    decoder.close();
    options.close();
    model.released(this);
  }

  private void terminate(boolean value) {
    try {
      options.setTerminate(value);
    } catch (OrtException e) {
      throw new IllegalStateException("cannot set the terminate flag", e);
    }
  }
}
