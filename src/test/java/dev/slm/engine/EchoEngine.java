package dev.slm.engine;

import dev.slm.base.Progress;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Timings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * The smallest engine there is, as an example for those who write their own: it answers with the
 * prompt. A jar with this class and a file {@code META-INF/services/dev.slm.engine.Engine} that
 * holds its name, put where {@code src/docs/engine.md} says, makes {@code --engine echo} work.
 */
public final class EchoEngine implements Engine {
  private final String name;

  /** The service loader needs a constructor without parameters. */
  public EchoEngine() {
    this("echo");
  }

  EchoEngine(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public LoadedModel load(Path folder, LoadSettings settings, Progress progress) {
    return new EchoModel(name);
  }

  /** Nothing is in memory, so nothing has to be given back. */
  private record EchoModel(String engine) implements LoadedModel {
    @Override
    public int vocabularySize() {
      return 1000;
    }

    @Override
    public int contextLength() {
      return 100;
    }

    @Override
    public Set<Integer> stopTokens() {
      return Set.of(0);
    }

    @Override
    public long weightBytes() {
      return 0;
    }

    @Override
    public long bytesPerToken() {
      return 0;
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public Sequence newSequence() {
      return new EchoSequence(this);
    }

    @Override
    public void close() {}
  }

  private record EchoSequence(EchoModel model) implements Sequence {
    @Override
    public Generation generate(
        int[] prompt,
        GenerationSettings settings,
        TokenMask mask,
        Tokens tokens,
        Progress progress) {
      Prompts.check(prompt, 1, model);
      int count = 0;
      FinishReason reason = FinishReason.STOP;
      for (int token : prompt) {
        if (progress.isCancelled()) {
          reason = FinishReason.CANCELLED;
          break;
        }
        count++;
        if (!tokens.accept(token, null)) {
          break;
        }
        if (count == settings.maxTokens() && count < prompt.length) {
          reason = FinishReason.LENGTH;
          break;
        }
      }
      return new Generation(
          reason, new Timings(prompt.length, 0, Duration.ZERO, count, Duration.ZERO));
    }

    @Override
    public void score(int[] ids, LogitsRow consumer, Progress progress) {
      for (int position = 0; position < ids.length; position++) {
        float[] logits = new float[model.vocabularySize()];
        logits[ids[position]] = 1;
        consumer.accept(position, logits);
      }
    }

    @Override
    public int length() {
      return 0;
    }

    @Override
    public long memory() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
