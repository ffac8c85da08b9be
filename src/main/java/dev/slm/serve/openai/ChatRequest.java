package dev.slm.serve.openai;

import dev.slm.base.Progress;
import dev.slm.model.GenerationSettings;
import dev.slm.model.Message;
import dev.slm.model.Role;
import dev.slm.session.Answer;
import dev.slm.session.AnswerListener;
import dev.slm.session.ChatModel;
import dev.slm.session.LoadRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * What a client asks of {@code /v1/chat/completions}.
 *
 * @param sampling what it changes of the model's own settings
 * @param stream whether the answer comes piece by piece
 * @param usageAtEnd whether a stream ends with the number of tokens
 * @param logprobs how many likely tokens are told beside each chosen one, -1 for no probabilities
 *     at all
 */
record ChatRequest(
    String model,
    List<Message> messages,
    UnaryOperator<GenerationSettings> sampling,
    LoadRequest load,
    boolean stream,
    boolean usageAtEnd,
    int logprobs)
    implements Asked {
  private static final int MOST_MESSAGES = 2_048;
  private static final int MOST_TOP_LOGPROBS = 20;
  private static final int LONGEST_NAME = 256;

  static ChatRequest parse(byte[] body) {
    Fields fields = Fields.of(body);
    String model = Common.model(fields);
    List<Message> messages = messages(fields);
    UnaryOperator<GenerationSettings> sampling = Sampling.read(fields);
    LoadRequest load = Common.load(fields);
    boolean stream = fields.fact("stream").orElse(false);
    boolean usage = Common.usageAtEnd(fields, stream);
    int logprobs = logprobs(fields);
    Common.format(fields);
    Common.tools(fields);
    Common.rest(fields);
    fields.refuseOthers();
    fields.check();
    return new ChatRequest(model, messages, sampling, load, stream, usage, logprobs);
  }

  @Override
  public GenerationSettings settings(GenerationSettings own) {
    return sampling.apply(own);
  }

  @Override
  public Answer answer(
      ChatModel to, GenerationSettings settings, AnswerListener listener, Progress progress) {
    return to.answer(messages, settings, listener, progress);
  }

  @Override
  public Shape shape(String name) {
    return new ChatShape(Envelope.of("chatcmpl-", name, usageAtEnd), logprobs);
  }

  private static int logprobs(Fields fields) {
    boolean wanted = fields.fact("logprobs").orElse(false);
    OptionalLong top = fields.whole("top_logprobs", 0, MOST_TOP_LOGPROBS);
    if (top.isPresent() && top.getAsLong() > 0 && !wanted) {
      fields.wrong("top_logprobs", "needs 'logprobs': true");
    }
    return wanted ? (int) top.orElse(0) : -1;
  }

  private static List<Message> messages(Fields fields) {
    Optional<JsonNode> list = fields.any("messages");
    if (list.isEmpty() || !list.get().isArray() || list.get().isEmpty()) {
      fields.wrong("messages", "is not a list with at least one message");
      return List.of();
    }
    if (list.get().size() > MOST_MESSAGES) {
      fields.wrong(
          "messages", "has %d messages, more than %d".formatted(list.get().size(), MOST_MESSAGES));
      return List.of();
    }
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < list.get().size(); i++) {
      message(fields, "messages[" + i + "]", list.get().get(i)).ifPresent(messages::add);
    }
    return messages;
  }

  private static Optional<Message> message(Fields fields, String place, JsonNode node) {
    if (!node.isObject()) {
      return fields.wrong(place, "is not an object");
    }
    Fields message = fields.inside(place, node);
    Optional<Role> role = role(message);
    Optional<String> content = content(message);
    message.unsupported("tool_calls", "[]");
    message.unsupported("tool_call_id");
    message.unsupported("function_call");
    message.unsupported("audio");
    message.unsupported("annotations", "[]");
    message.unsupported("refusal", "\"\"");
    // clients send our own messages back; a model does not see again what it thought before
    message.text("reasoning_content", Integer.MAX_VALUE);
    // who of several people speaks; no template that we know writes it
    message.text("name", LONGEST_NAME);
    message.refuseOthers();
    return role.isEmpty() || content.isEmpty()
        ? Optional.empty()
        : Optional.of(new Message(role.get(), content.get()));
  }

  private static Optional<Role> role(Fields message) {
    Optional<String> role = message.text("role", 100);
    if (role.isEmpty()) {
      return message.wrong("role", "must be system, developer, user or assistant");
    }
    return switch (role.get()) {
      case "system", "developer" -> Optional.of(Role.SYSTEM);
      case "user" -> Optional.of(Role.USER);
      case "assistant" -> Optional.of(Role.ASSISTANT);
      case "tool", "function" ->
          message.wrong("role", "is '%s': tools are not supported".formatted(role.get()));
      default ->
          message.wrong(
              "role",
              "is '%s', not system, developer, user or assistant"
                  .formatted(Fields.shorten(role.get())));
    };
  }

  private static Optional<String> content(Fields message) {
    Optional<JsonNode> content = message.any("content");
    if (content.isPresent() && content.get().isString()) {
      return Optional.of(content.get().asString());
    }
    if (content.isEmpty() || !content.get().isArray() || content.get().isEmpty()) {
      return message.wrong("content", "is not a text or a list of text parts");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.get().size(); i++) {
      part(message, "content[" + i + "]", content.get().get(i)).ifPresent(text::append);
    }
    return Optional.of(text.toString());
  }

  private static Optional<String> part(Fields message, String place, JsonNode node) {
    if (!node.isObject()) {
      return message.wrong(place, "is not an object");
    }
    Fields part = message.inside(place, node);
    String type = part.text("type", 100).orElse("");
    if (!type.equals("text")) {
      return part.wrong("type", "is '%s'; only text is understood".formatted(Fields.shorten(type)));
    }
    Optional<String> text = part.text("text", Integer.MAX_VALUE);
    part.refuseOthers();
    return text.isPresent() ? text : part.wrong("text", "is missing");
  }
}
