package dev.slm.engine.ort;

import dev.slm.base.Progress;
import dev.slm.engine.Generation;
import dev.slm.engine.Prompts;
import dev.slm.engine.Sequence;
import dev.slm.engine.TokenMask;
import dev.slm.engine.sampling.Sampler;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Timings;
import java.time.Duration;

/** One answer: the prompt in chunks, then token by token until there is a reason to end. */
final class Answer {
  /** Tokens of an answer that is too short to win by what would disturb it. */
  private static final int SHORT = 100;

  private final OrtSequence sequence;
  private final OrtModel model;
  private final GenerationSettings settings;
  private final TokenMask mask;
  private final Sequence.Tokens tokens;
  private final Progress progress;
  private final int[] next = new int[1];
  private int answerTokens;
  private boolean isUndisturbed = true;

  Answer(
      OrtSequence sequence,
      OrtModel model,
      GenerationSettings settings,
      TokenMask mask,
      Sequence.Tokens tokens,
      Progress progress) {
    this.sequence = sequence;
    this.model = model;
    this.settings = settings;
    this.mask = mask;
    this.tokens = tokens;
    this.progress = progress;
  }

  Generation to(int[] prompt) {
    model.lull().workBegins();
    try {
      return answer(prompt);
    } finally {
      endUndisturbed();
    }
  }

  /** What has time may go on beside the rest of a long answer. */
  private void endUndisturbed() {
    if (isUndisturbed) {
      isUndisturbed = false;
      model.lull().workEnds();
    }
  }

  private Generation answer(int[] prompt) {
    Prompts.check(prompt, 1, model);
    Sampler sampler = new Sampler(settings, prompt, model.vocabularySize());
    long start = System.nanoTime();
    sequence.decoder().expect(prompt.length);
    // the last token is computed again when all are known: its logits are not kept
    int cached = Math.min(sequence.decoder().common(prompt), prompt.length - 1);
    sequence.decoder().truncate(cached);
    boolean isComplete = prefill(prompt, cached);
    long promptEnd = System.nanoTime();
    FinishReason reason = isComplete ? answer(sampler) : FinishReason.CANCELLED;
    long end = System.nanoTime();
    return new Generation(
        reason,
        new Timings(
            prompt.length,
            cached,
            Duration.ofNanos(promptEnd - start),
            answerTokens,
            Duration.ofNanos(end - promptEnd)));
  }

  private boolean prefill(int[] prompt, int cached) {
    progress.start("reading the prompt", prompt.length, Progress.Unit.ITEMS);
    progress.advance(cached);
    for (int from = cached; from < prompt.length; from += model.chunk()) {
      int count = Math.min(model.chunk(), prompt.length - from);
      if (isUnwanted() || !sequence.run(prompt, from, count, null)) {
        return false;
      }
      progress.advance(count);
    }
    return true;
  }

  private FinishReason answer(Sampler sampler) {
    while (true) {
      if (isUnwanted()) {
        return FinishReason.CANCELLED;
      }
      int token = sampler.choose(sequence.decoder().logits(), mask.allowed());
      if (token == Sampler.NONE || model.stopTokens().contains(token)) {
        return FinishReason.STOP;
      }
      sampler.accept(token);
      mask.accept(token);
      answerTokens++;
      if (answerTokens == SHORT) {
        endUndisturbed();
      }
      if (!tokens.accept(token, sampler.logprobs(token))) {
        return FinishReason.STOP;
      }
      if (answerTokens >= settings.maxTokens()) {
        return FinishReason.LENGTH;
      }
      if (sequence.decoder().length() + 1 >= model.contextLength()) {
        return FinishReason.CONTEXT;
      }
      if (!run(token)) {
        return FinishReason.CANCELLED;
      }
    }
  }

  private boolean run(int token) {
    if (sequence.decoder().endsShort()) {
      // positions rotate otherwise from here on: all of it is computed again, once
      int[] all = sequence.decoder().tokensAnd(token);
      sequence.decoder().expect(all.length);
      return prefill(all, 0);
    }
    next[0] = token;
    return sequence.run(next, 0, 1, null);
  }

  private boolean isUnwanted() {
    return sequence.isCancelled() || progress.isCancelled();
  }
}
