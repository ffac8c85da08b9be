package dev.slm.measure;

import dev.slm.base.FileTree;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.Engines;
import dev.slm.engine.Generation;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.Sequence;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.model.Timings;
import dev.slm.session.ChatModel;
import dev.slm.session.ModelSource;
import dev.slm.text.PromptOptions;
import dev.slm.text.TextStream;
import dev.slm.text.Tokenizer;
import java.util.List;

/**
 * A model of the cache, loaded for the measurement alone. Every question begins with an empty
 * cache: a prompt that is asked again would otherwise cost nothing the second time.
 */
final class LocalSpeaker implements Speaker {
  private final ChatModel model;
  private final double loadSeconds;

  private LocalSpeaker(ChatModel model, double loadSeconds) {
    this.model = model;
    this.loadSeconds = loadSeconds;
  }

  static Source source(ModelSource models, Engines engines, LoadSettings settings) {
    return (name, progress) -> {
      ModelSource.Place place = models.find(name, progress);
      Engine engine = engines.choose(place.engine(), place.folder(), progress);
      // native libraries load once for all models: that is not the first one's time
      engine.start();
      Tokenizer.open(place.folder(), "").close();
      long start = System.nanoTime();
      ChatModel model =
          ChatModel.open(place.name(), place.folder(), place.family(), engine, settings, progress);
      return new LocalSpeaker(model, secondsSince(start));
    };
  }

  @Override
  public Sample ask(String prompt, GenerationSettings settings, Progress progress) {
    long start = System.nanoTime();
    int[] ids = model.prompt(List.of(Message.user(prompt)), PromptOptions.ANSWER).ids();
    // the text comes with the tokens, as people and clients of the service get it
    TextStream text = model.tokenizer().stream();
    StringBuilder answer = new StringBuilder();
    try (Sequence sequence = model.loaded().newSequence()) {
      Sequence.Tokens tokens = Sequence.Tokens.of(token -> answer.append(text.accept(token)));
      Generation made = sequence.generate(ids, settings, tokens, progress);
      answer.append(text.finish());
      double seconds = secondsSince(start);
      progress.checkCancelled();
      Timings timings = made.timings();
      return new Sample(
          prompt,
          answer.toString(),
          seconds,
          timings.timeToFirstToken().toNanos() / 1e9,
          timings.promptTokens(),
          timings.cachedTokens(),
          timings.answerTokens());
    }
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public double loadSeconds() {
    return loadSeconds;
  }

  @Override
  public long diskBytes() {
    return FileTree.bytes(model.folder());
  }

  @Override
  public boolean isHere() {
    return true;
  }

  @Override
  public void close() {
    model.close();
  }
}
