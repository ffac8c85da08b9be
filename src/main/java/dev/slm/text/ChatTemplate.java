package dev.slm.text;

import dev.slm.base.Problem;
import dev.slm.text.jinja.Jinja;
import dev.slm.text.jinja.TemplateFault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How a model wants a conversation to be written. Templates are programs of strangers: they run in
 * bounded Java code over plain values and can reach nothing else.
 */
public final class ChatTemplate {
  private final String source;
  private final String text;
  private final boolean isComplete;
  private final Renderer renderer;

  private interface Renderer {
    String render(List<Map<String, Object>> messages, PromptOptions options);
  }

  private ChatTemplate(String source, String text, boolean isComplete, Renderer renderer) {
    this.source = source;
    this.text = text;
    this.isComplete = isComplete;
    this.renderer = renderer;
  }

  /**
   * A template in the language of Hugging Face models.
   *
   * @param source the file it comes from
   * @param variables names that the template knows besides messages, such as {@code bos_token}
   */
  public static ChatTemplate ofJinja(String source, String text, Map<String, String> variables) {
    try {
      Jinja jinja = Jinja.parse(text);
      return new ChatTemplate(
          source,
          text,
          true,
          (messages, options) -> jinja.render(values(messages, options, variables)));
    } catch (TemplateFault e) {
      throw problem(source, e);
    }
  }

  static ChatTemplate ofPatterns(String source, PromptTemplate patterns) {
    return new ChatTemplate(
        source,
        patterns.text(),
        false,
        (messages, options) -> patterns.render(messages, options.beginsAnswer()));
  }

  private static Map<String, Object> values(
      List<Map<String, Object>> messages, PromptOptions options, Map<String, String> variables) {
    Map<String, Object> values = new HashMap<>(variables);
    values.put("messages", messages);
    values.put("add_generation_prompt", options.beginsAnswer());
    if (!options.tools().isEmpty()) {
      values.put("tools", options.tools());
    }
    values.putAll(options.arguments());
    return values;
  }

  /** The file that the template comes from. */
  public String source() {
    return source;
  }

  /** Whether it writes all of a prompt, also the token with which a text begins. */
  boolean isComplete() {
    return isComplete;
  }

  /** The template itself. */
  public String text() {
    return text;
  }

  /** Writes messages of JSON-like values with the fields {@code role} and {@code content}. */
  public String render(List<Map<String, Object>> messages, PromptOptions options) {
    try {
      return renderer.render(messages, options);
    } catch (TemplateFault e) {
      throw problem(source, e);
    }
  }

  private static Problem problem(String source, TemplateFault e) {
    String what = "chat template '" + source + "': " + Printable.of(e.reason());
    return Problem.badFile(e.line() > 0 ? what + " at line " + e.line() : what).causedBy(e);
  }
}
