package dev.slm.session;

import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.Generation;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Logprobs;
import dev.slm.engine.Sequence;
import dev.slm.engine.TokenMask;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An engine that says what a test wrote down beforehand: each generation takes the next script of
 * token ids. It keeps the prompts it was given, counts what is open, and can be held in the middle
 * of an answer.
 */
public final class ScriptedEngine implements Engine {
  private static final long BYTES_PER_TOKEN = 1024;

  private final int contextLength;
  private final Queue<int[]> scripts = new ArrayDeque<>();
  private final List<int[]> prompts = new ArrayList<>();
  private final AtomicInteger openModels = new AtomicInteger();
  private final AtomicInteger openSequences = new AtomicInteger();
  private int[] last = new int[0];
  private Runnable beforeEachToken = () -> {};
  private Consumer<LoadSettings> beforeLoading = _ -> {};

  public ScriptedEngine(int contextLength) {
    this.contextLength = contextLength;
  }

  /** What the next generation says; the last script is said again when there is no other. */
  public synchronized void say(int... ids) {
    scripts.add(ids);
  }

  /** Runs on the generating thread before each token. */
  public void beforeEachToken(Runnable action) {
    beforeEachToken = action;
  }

  /** Hears how models are to be loaded, and may refuse. */
  public void beforeLoading(Consumer<LoadSettings> action) {
    beforeLoading = action;
  }

  /** The prompts of all generations so far. */
  public synchronized List<int[]> prompts() {
    return List.copyOf(prompts);
  }

  public int openModels() {
    return openModels.get();
  }

  public int openSequences() {
    return openSequences.get();
  }

  private synchronized int[] next(int[] prompt) {
    prompts.add(prompt);
    if (!scripts.isEmpty()) {
      last = scripts.remove();
    }
    return last;
  }

  @Override
  public String name() {
    return "ort";
  }

  @Override
  public LoadedModel load(Path folder, LoadSettings settings, Progress progress) {
    beforeLoading.accept(settings);
    openModels.incrementAndGet();
    return new Model();
  }

  private final class Model implements LoadedModel {
    private boolean closed;

    @Override
    public String engine() {
      return name();
    }

    @Override
    public int vocabularySize() {
      return 2048;
    }

    @Override
    public int contextLength() {
      return contextLength;
    }

    @Override
    public Set<Integer> stopTokens() {
      return Set.of(2047, 2045);
    }

    @Override
    public long weightBytes() {
      return 1_000_000;
    }

    @Override
    public long bytesPerToken() {
      return BYTES_PER_TOKEN;
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public Sequence newSequence() {
      openSequences.incrementAndGet();
      return new Answers();
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        openModels.decrementAndGet();
      }
    }
  }

  private final class Answers implements Sequence {
    private int[] ids = new int[0];

    @Override
    public Generation generate(
        int[] prompt,
        GenerationSettings settings,
        TokenMask mask,
        Tokens tokens,
        Progress progress) {
      int cached = Math.min(shared(prompt), prompt.length - 1);
      int said = 0;
      FinishReason reason = FinishReason.STOP;
      for (int id : next(prompt)) {
        beforeEachToken.run();
        if (progress.isCancelled()) {
          reason = FinishReason.CANCELLED;
          break;
        }
        if (said >= settings.maxTokens() || prompt.length + said >= contextLength) {
          reason = said >= settings.maxTokens() ? FinishReason.LENGTH : FinishReason.CONTEXT;
          break;
        }
        said++;
        ids = append(said == 1 ? prompt : ids, id);
        if (!tokens.accept(id, settings.logprobs() > 0 ? logprobs(id) : null)) {
          break;
        }
      }
      Duration time = Duration.ofMillis(10);
      return new Generation(reason, new Timings(prompt.length, cached, time, said, time));
    }

    private static @Nullable Logprobs logprobs(int id) {
      return new Logprobs(-0.5, List.of(new Logprobs.Alternative(id, -0.5)));
    }

    private int shared(int[] prompt) {
      int mismatch = Arrays.mismatch(ids, prompt);
      return mismatch < 0 ? prompt.length : mismatch;
    }

    private static int[] append(int[] before, int id) {
      int[] all = Arrays.copyOf(before, before.length + 1);
      all[before.length] = id;
      return all;
    }

    @Override
    public void score(int[] scored, LogitsRow consumer, Progress progress) {
      throw new UnsupportedOperationException("a script has no logits");
    }

    @Override
    public int length() {
      return ids.length;
    }

    @Override
    public long memory() {
      return ids.length * BYTES_PER_TOKEN;
    }

    @Override
    public void close() {
      openSequences.decrementAndGet();
    }
  }
}
