package dev.slm.serve.openai;

import dev.slm.base.Progress;
import dev.slm.model.GenerationSettings;
import dev.slm.session.Answer;
import dev.slm.session.AnswerListener;
import dev.slm.session.ChatModel;
import dev.slm.session.LoadRequest;

/** What chat and completions have in common: a model that is to write a text. */
sealed interface Asked permits ChatRequest, CompletionRequest {
  String model();

  /** What the request changes of the model's own settings. */
  GenerationSettings settings(GenerationSettings own);

  /** How to load the model if it is not in memory. */
  LoadRequest load();

  boolean stream();

  /** Whether a stream ends with the number of tokens. */
  boolean usageAtEnd();

  /** How many likely tokens are told beside each chosen one, -1 for no probabilities at all. */
  int logprobs();

  Answer answer(
      ChatModel model, GenerationSettings settings, AnswerListener listener, Progress progress);

  /** How answers to this request look. */
  Shape shape(String model);
}
