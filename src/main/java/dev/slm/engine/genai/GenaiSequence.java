package dev.slm.engine.genai;

import ai.onnxruntime.genai.GenAIException;
import ai.onnxruntime.genai.Generator;
import ai.onnxruntime.genai.GeneratorParams;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Generation;
import dev.slm.engine.Prompts;
import dev.slm.engine.Sequence;
import dev.slm.engine.TokenMask;
import dev.slm.engine.Turns;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Timings;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One conversation on onnxruntime-genai. A native run cannot be stopped from outside, so prompts go
 * in chunks and a cancellation acts between them.
 */
final class GenaiSequence implements Sequence {
  /** Small enough that a chunk of a 0.5B model ends within half a second on two cores. */
  private static final int CHUNK = 64;

  private static final int END = -1;

  private final GenaiModel model;
  private final Turns turns = new Turns(() -> isCancelled = true, this::free);
  private @Nullable GeneratorParams params;
  private @Nullable Generator generator;
  private @Nullable GenerationSettings usedSettings;
  private int[] cached = new int[0];
  private boolean hasEnded;
  private volatile boolean isCancelled;

  GenaiSequence(GenaiModel model) {
    this.model = model;
  }

  @Override
  public Generation generate(
      int[] prompt, GenerationSettings settings, TokenMask mask, Tokens tokens, Progress progress) {
    SearchOptions.check(settings, mask);
    Prompts.check(prompt, 1, model);
    turns.begin(() -> isCancelled = false);
    try {
      return answer(prompt, settings, tokens, progress);
    } catch (GenAIException e) {
      release();
      throw GenaiEngine.problem("computing failed in", model.check().folder(), e);
    } finally {
      turns.end();
    }
  }

  private Generation answer(
      int[] prompt, GenerationSettings settings, Tokens tokens, Progress progress)
      throws GenAIException {
    long start = System.nanoTime();
    int common = rewind(prompt, settings);
    Generator current = generator(settings);
    progress.start("reading the prompt", prompt.length, Progress.Unit.ITEMS);
    progress.advance(common);
    for (int from = common; from < prompt.length; from += CHUNK) {
      if (isUnwanted(progress)) {
        return ended(FinishReason.CANCELLED, prompt.length, common, start, System.nanoTime(), 0);
      }
      int[] chunk = Arrays.copyOfRange(prompt, from, Math.min(from + CHUNK, prompt.length));
      current.appendTokens(chunk);
      append(chunk);
      progress.advance(chunk.length);
    }
    long promptEnd = System.nanoTime();
    int count = 0;
    while (true) {
      FinishReason reason = isUnwanted(progress) ? FinishReason.CANCELLED : null;
      int token = -1;
      if (reason == null) {
        token = next(current);
        reason = token == END ? FinishReason.STOP : null;
      }
      if (reason == null) {
        count++;
        reason = afterToken(token, count, settings, tokens);
      }
      if (reason != null) {
        return ended(reason, prompt.length, common, start, promptEnd, count);
      }
    }
  }

  /** The next token, or {@link #END}: the library ends without adding the token that says so. */
  private int next(Generator current) throws GenAIException {
    current.generateNextToken();
    if (current.tokenCount() == cached.length) {
      hasEnded = true;
      return END;
    }
    int token = current.getLastTokenInSequence(0);
    append(new int[] {token});
    return model.stopTokens().contains(token) ? END : token;
  }

  private @Nullable FinishReason afterToken(
      int token, int count, GenerationSettings settings, Tokens tokens) {
    if (!tokens.accept(token, null)) {
      return FinishReason.STOP;
    }
    if (count >= settings.maxTokens()) {
      return FinishReason.LENGTH;
    }
    return cached.length >= model.contextLength() ? FinishReason.CONTEXT : null;
  }

  private static Generation ended(
      FinishReason reason, int prompt, int common, long start, long promptEnd, int count) {
    Duration promptTime = Duration.ofNanos(promptEnd - start);
    Duration answerTime = Duration.ofNanos(System.nanoTime() - promptEnd);
    return new Generation(reason, new Timings(prompt, common, promptTime, count, answerTime));
  }

  /** Drops what differs from the prompt; the number of tokens that stay. */
  private int rewind(int[] prompt, GenerationSettings settings) throws GenAIException {
    Generator current = generator;
    if (current == null || !settings.equals(usedSettings)) {
      release();
      return 0;
    }
    int mismatch = Arrays.mismatch(cached, prompt);
    int common = Math.min(mismatch < 0 ? prompt.length : mismatch, prompt.length - 1);
    if (hasEnded && common == cached.length) {
      // only a rewind makes an ended generator go on
      common--;
    }
    hasEnded = false;
    // the library rewinds to any length but 0
    if (common == 0) {
      release();
    } else if (common < cached.length) {
      current.rewindTo(common);
      cached = Arrays.copyOf(cached, common);
    }
    return common;
  }

  private Generator generator(GenerationSettings settings) throws GenAIException {
    Generator current = generator;
    if (current == null) {
      GeneratorParams fresh = new GeneratorParams(model.model());
      params = fresh;
      SearchOptions.apply(settings, model.contextLength(), fresh);
      current = new Generator(model.model(), fresh);
      generator = current;
      usedSettings = settings;
    }
    return current;
  }

  private void append(int[] tokens) {
    int before = cached.length;
    cached = Arrays.copyOf(cached, before + tokens.length);
    System.arraycopy(tokens, 0, cached, before, tokens.length);
  }

  private boolean isUnwanted(Progress progress) {
    return isCancelled || progress.isCancelled() || Thread.currentThread().isInterrupted();
  }

  @Override
  public void score(int[] ids, LogitsRow consumer, Progress progress) {
    throw Problem.usage("the engine 'genai' does not give logits")
        .next("model load NAME --engine ort");
  }

  @Override
  public int length() {
    return cached.length;
  }

  /** The library takes the memory of the whole context at once. */
  @Override
  public long memory() {
    return generator == null ? 0 : model.contextLength() * model.bytesPerToken();
  }

  @Override
  public void close() {
    turns.close();
  }

  private void free() {
    release();
    model.released(this);
  }

  private void release() {
    if (generator != null) {
      generator.close();
      generator = null;
    }
    if (params != null) {
      params.close();
      params = null;
    }
    cached = new int[0];
  }
}
