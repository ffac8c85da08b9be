package dev.slm.text;

import dev.slm.base.Problem;
import dev.slm.model.Message;
import dev.slm.model.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes conversations as prompts; what messages say never steers the model. */
public final class PromptWriter {
  /** What templates may write, less room for their marks: no context holds as much. */
  private static final int LONGEST = 1_000_000;

  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  public PromptWriter(Tokenizer tokenizer, ChatTemplate template) {
    this.tokenizer = tokenizer;
    this.template = template;
  }

  public Prompt write(List<Message> messages, PromptOptions options) {
    refuseTooLong(messages);
    List<Map<String, Object>> guarded = new ArrayList<>();
    for (Message message : messages) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("role", message.role().id());
      fields.put("content", guarded(message));
      guarded.add(fields);
    }
    String rendered = template.render(guarded, guarded(options));
    refuseWithoutQuestion(guarded, options, rendered);
    int[] ids = tokenizer.encodePrompt(rendered);
    return new Prompt(
        ControlTokens.withoutGuards(rendered),
        template.isComplete() ? ids : tokenizer.withBeginning(ids));
  }

  private static void refuseTooLong(List<Message> messages) {
    long characters = messages.stream().mapToLong(message -> message.content().length()).sum();
    if (characters > LONGEST) {
      throw Problem.usage(
              "the conversation has %,d characters, more than %,d".formatted(characters, LONGEST))
          .next("shorten it");
    }
  }

  /** A template may change what is said last, but an answer to something else helps nobody. */
  private void refuseWithoutQuestion(
      List<Map<String, Object>> messages, PromptOptions options, String rendered) {
    if (messages.isEmpty()) {
      return;
    }
    Map<String, Object> last = messages.getLast();
    String said = String.valueOf(last.get("content")).strip();
    if (said.isEmpty() || rendered.contains(said) || !Role.USER.id().equals(last.get("role"))) {
      return;
    }
    Map<String, Object> other = new LinkedHashMap<>(last);
    other.put("content", said + said);
    List<Map<String, Object>> others = new ArrayList<>(messages);
    others.set(messages.size() - 1, other);
    if (template.render(others, guarded(options)).equals(rendered)) {
      throw Problem.badFile("chat template '" + template.source() + "' leaves out the question");
    }
  }

  private String guarded(Message message) {
    return message.role() == Role.ASSISTANT
        ? tokenizer.guardedAnswer(message.content())
        : tokenizer.guarded(message.content());
  }

  private PromptOptions guarded(PromptOptions options) {
    List<Map<String, Object>> tools = new ArrayList<>();
    options.tools().forEach(tool -> tools.add(guardedFields(tool)));
    return new PromptOptions(options.beginsAnswer(), tools, options.arguments());
  }

  private Map<String, Object> guardedFields(Map<?, ?> fields) {
    Map<String, Object> guarded = new LinkedHashMap<>();
    fields.forEach((name, value) -> guarded.put(tokenizer.guarded("" + name), guardedValue(value)));
    return guarded;
  }

  private Object guardedValue(Object value) {
    return switch (value) {
      case String text -> tokenizer.guarded(text);
      case Map<?, ?> fields -> guardedFields(fields);
      case List<?> list -> list.stream().map(this::guardedValue).toList();
      default -> value;
    };
  }
}
