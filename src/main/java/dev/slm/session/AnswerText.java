package dev.slm.session;

import dev.slm.engine.Generation;
import dev.slm.engine.Logprobs;
import dev.slm.engine.Sequence;
import dev.slm.model.FinishReason;
import dev.slm.model.GenerationSettings;
import dev.slm.text.ReasoningMarks;
import dev.slm.text.ReasoningSplit;
import dev.slm.text.StopStrings;
import dev.slm.text.TextStream;
import dev.slm.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns the tokens of one answer into text: characters, then stop strings, then reasoning. */
final class AnswerText implements Sequence.Tokens {
  private final Tokenizer tokenizer;
  private final AnswerListener listener;
  private final TextStream stream;
  private final StopStrings stops;
  private final ReasoningSplit split;
  private final StringBuilder answer = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<TokenChoice> choices = new ArrayList<>();
  private int[] ids = new int[64];
  private int count;

  AnswerText(
      Tokenizer tokenizer,
      GenerationSettings settings,
      @Nullable ReasoningMarks marks,
      String prompt,
      AnswerListener listener) {
    this.tokenizer = tokenizer;
    this.listener = listener;
    stream = tokenizer.stream();
    stops = new StopStrings(settings.stop());
    split = new ReasoningSplit(marks, prompt, this::takeReasoning, this::takeText);
  }

  @Override
  public boolean accept(int token, @Nullable Logprobs logprobs) {
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, count * 2);
    }
    ids[count++] = token;
    if (logprobs != null) {
      TokenChoice choice = choice(token, logprobs);
      choices.add(choice);
      listener.token(choice);
    }
    split.accept(stops.accept(stream.accept(token)));
    return stops.found().isEmpty();
  }

  /** The tokens so far. */
  int[] ids() {
    return Arrays.copyOf(ids, count);
  }

  /** The whole answer; gives the listener what was held back. */
  Answer answer(Generation generation) {
    if (stops.found().isEmpty()) {
      split.accept(stops.accept(stream.finish()));
    }
    if (stops.found().isEmpty()) {
      split.accept(stops.finish());
    }
    split.finish();
    Optional<String> stop = stops.found();
    FinishReason reason = stop.isPresent() ? FinishReason.STOP : generation.reason();
    return new Answer(
        answer.toString(), reasoning.toString(), reason, stop, generation.timings(), choices);
  }

  private void takeText(String piece) {
    answer.append(piece);
    listener.text(piece);
  }

  private void takeReasoning(String piece) {
    reasoning.append(piece);
    listener.reasoning(piece);
  }

  private TokenChoice choice(int token, Logprobs logprobs) {
    List<TokenChoice.Alternative> top =
        logprobs.top().stream()
            .map(
                other ->
                    new TokenChoice.Alternative(
                        other.token(), tokenizer.text(other.token()), other.logprob()))
            .toList();
    return new TokenChoice(token, tokenizer.text(token), logprobs.chosen(), top);
  }
}
