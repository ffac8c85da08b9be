package dev.slm.prepare;

import dev.slm.base.Progress;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.Sequence;
import dev.slm.text.ChatTemplate;
import dev.slm.text.ChatTemplates;
import dev.slm.text.PromptOptions;
import dev.slm.text.PromptWriter;
import dev.slm.text.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Scores with the engine that models run with later. */
public final class EngineScorer implements ModelScorer {
  /** A conversation whose last answer is there already. */
  private static final PromptOptions COMPLETE = new PromptOptions(false, List.of(), Map.of());

  private final Supplier<Engines> engines;

  /**
   * @param engines asked only when a model is run: loading the native runtime takes time
   */
  public EngineScorer(Supplier<Engines> engines) {
    this.engines = engines;
  }

  @Override
  public boolean isChatModel(Path folder) {
    // a folder of ours always has that file; the marks in it are a guess by the family
    return !ChatTemplates.of(folder, List::of).source().equals("inference_model.json");
  }

  @Override
  public List<Sample> samples(Path folder, List<Passage> passages) {
    ChatTemplate template = ChatTemplates.of(folder, List::of);
    try (Tokenizer tokenizer = Tokenizer.open(folder, template.text())) {
      PromptWriter writer = new PromptWriter(tokenizer, template);
      return passages.stream().map(passage -> sample(passage, tokenizer, writer)).toList();
    }
  }

  private static Sample sample(Passage passage, Tokenizer tokenizer, PromptWriter writer) {
    return switch (passage) {
      case Passage.Plain plain -> new Sample(ids(plain.text(), tokenizer), 1);
      case Passage.Chat chat -> {
        int[] all = writer.write(chat.messages(), COMPLETE).ids();
        int[] asked = writer.write(chat.question(), PromptOptions.ANSWER).ids();
        int first = Arrays.mismatch(all, asked);
        int end = chat.isWhole() ? all.length : all.length - ending(chat, all, writer);
        yield new Sample(Arrays.copyOf(all, end), first < 0 ? end : first);
      }
    };
  }

  /** Running text behind the model's beginning token; conversations that are written out count. */
  private static int[] ids(String text, Tokenizer tokenizer) {
    int[] begin = tokenizer.encodeCompletion("");
    int[] ids = tokenizer.encodePrompt(text);
    if (ids.length >= begin.length && Arrays.equals(begin, Arrays.copyOf(ids, begin.length))) {
      return ids;
    }
    int[] all = Arrays.copyOf(begin, begin.length + ids.length);
    System.arraycopy(ids, 0, all, begin.length, ids.length);
    return all;
  }

  /** Tokens that the template puts behind any answer. */
  private static int ending(Passage.Chat chat, int[] all, PromptWriter writer) {
    int[] other = writer.write(chat.answered("#"), COMPLETE).ids();
    int same = 0;
    while (same < Math.min(all.length, other.length)
        && all[all.length - 1 - same] == other[other.length - 1 - same]) {
      same++;
    }
    return same;
  }

  @Override
  public void score(Path folder, List<Sample> samples, Predictions predictions, Progress progress) {
    int longest = samples.stream().mapToInt(Sample::length).max().orElse(1);
    LoadSettings settings = new LoadSettings(0, longest).madeHere();
    try (LoadedModel model =
        engines.get().find(Engines.DEFAULT).load(folder, settings, quiet(progress))) {
      for (int i = 0; i < samples.size(); i++) {
        int sample = i;
        try (Sequence sequence = model.newSequence()) {
          sequence.score(
              samples.get(i).ids(),
              (position, logits) -> predictions.accept(sample, position, logits),
              quiet(progress));
        }
      }
    }
  }

  /** The engine has stages of its own; what counts here is the whole. */
  private static Progress quiet(Progress progress) {
    return new Progress() {
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
