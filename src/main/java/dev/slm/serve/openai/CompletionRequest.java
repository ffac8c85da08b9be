package dev.slm.serve.openai;

import dev.slm.base.Progress;
import dev.slm.model.GenerationSettings;
import dev.slm.session.Answer;
import dev.slm.session.AnswerListener;
import dev.slm.session.ChatModel;
import dev.slm.session.LoadRequest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * What a client asks of {@code /v1/completions}: a text to be continued.
 *
 * @param logprobs how many likely tokens are told beside each chosen one, -1 for no probabilities
 */
record CompletionRequest(
    String model,
    String prompt,
    UnaryOperator<GenerationSettings> sampling,
    LoadRequest load,
    boolean stream,
    boolean usageAtEnd,
    int logprobs)
    implements Asked {
  private static final int MOST_LOGPROBS = 5;

  /** OpenAI's own default for this route. */
  private static final int STANDARD_MAX_TOKENS = 16;

  static CompletionRequest parse(byte[] body) {
    Fields fields = Fields.of(body);
    String model = Common.model(fields);
    String prompt = prompt(fields).orElse("");
    UnaryOperator<GenerationSettings> sampling = Sampling.read(fields);
    LoadRequest load = Common.load(fields);
    boolean stream = fields.fact("stream").orElse(false);
    boolean usage = Common.usageAtEnd(fields, stream);
    OptionalLong logprobs = fields.whole("logprobs", 0, MOST_LOGPROBS);
    fields.unsupported("echo", "false");
    fields.unsupported("suffix", "\"\"");
    fields.unsupported("best_of", "1");
    Common.rest(fields);
    fields.refuseOthers();
    fields.check();
    return new CompletionRequest(
        model,
        prompt,
        own -> sampling.apply(own.withMaxTokens(STANDARD_MAX_TOKENS)),
        load,
        stream,
        usage,
        logprobs.isPresent() ? (int) logprobs.getAsLong() : -1);
  }

  @Override
  public GenerationSettings settings(GenerationSettings own) {
    return sampling.apply(own);
  }

  @Override
  public Answer answer(
      ChatModel to, GenerationSettings settings, AnswerListener listener, Progress progress) {
    return to.complete(prompt, settings, listener, progress);
  }

  @Override
  public Shape shape(String name) {
    return new CompletionShape(Envelope.of("cmpl-", name, usageAtEnd), logprobs);
  }

  private static Optional<String> prompt(Fields fields) {
    Optional<JsonNode> prompt = fields.any("prompt");
    JsonNode node = prompt.orElse(null);
    if (node != null && node.isArray() && node.size() == 1) {
      node = node.get(0);
    }
    if (node != null && node.isString() && !node.asString().isEmpty()) {
      return Optional.of(node.asString());
    }
    return fields.wrong(
        "prompt", "is not one text of at least a character; lists and token ids are not supported");
  }
}
