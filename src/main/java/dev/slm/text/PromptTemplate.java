package dev.slm.text;

import dev.slm.base.Problem;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * One pattern per role with the placeholder {@code {Content}}, as {@code PromptTemplate} of an
 * {@code inference_model.json} and the profiles of families have them.
 *
 * @param mark a token that models have who take these patterns, empty when it does not matter
 * @param prompt for the question that is to be answered: with the beginning of the answer
 */
public record PromptTemplate(
    String mark, String system, String user, String assistant, String prompt) {
  private static final String CONTENT = "{Content}";
  private static final int LONGEST = 64 * 1024;

  static PromptTemplate of(String source, JsonNode node) {
    String user = pattern(source, node, "user", CONTENT);
    String assistant = pattern(source, node, "assistant", CONTENT);
    String system = pattern(source, node, "system", CONTENT);
    String prompt = pattern(source, node, "prompt", user + "\n" + before(assistant));
    return new PromptTemplate("", system, user, assistant, prompt);
  }

  private static String pattern(String source, JsonNode node, String field, String missing) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return missing;
    }
    String text = value.asString("");
    int at = text.indexOf(CONTENT);
    if (at < 0 || at != text.lastIndexOf(CONTENT) || text.length() > LONGEST) {
      throw Problem.badFile(
              "'" + source + "': PromptTemplate." + field + " does not hold {Content} once")
          .next("slm doctor");
    }
    return text;
  }

  /** All that the patterns write themselves. */
  String text() {
    return String.join("\n", system, user, assistant, prompt);
  }

  String render(List<Map<String, Object>> messages, boolean beginsAnswer) {
    StringBuilder out = new StringBuilder();
    String between = between();
    for (int i = 0; i < messages.size(); i++) {
      Map<String, Object> message = messages.get(i);
      String content = String.valueOf(message.get("content"));
      String role = String.valueOf(message.get("role"));
      boolean question = beginsAnswer && i == messages.size() - 1 && role.equals("user");
      if (!out.isEmpty() && out.charAt(out.length() - 1) != '\n') {
        out.append(between);
      }
      out.append(fill(question ? completePrompt() : patternOf(role), content));
    }
    return out.toString();
  }

  /** What stands between two messages: what the prompt has between question and answer. */
  private String between() {
    if (!prompt.startsWith(user)) {
      return "\n";
    }
    String rest = prompt.substring(user.length());
    return rest.substring(0, rest.length() - rest.stripLeading().length());
  }

  private String patternOf(String role) {
    return switch (role) {
      case "system" -> system;
      case "assistant" -> assistant;
      default -> user;
    };
  }

  /** Patterns are often written without the line end behind the role, which the model needs. */
  private String completePrompt() {
    String opening = before(assistant);
    boolean cut = !opening.isBlank() && prompt.endsWith(opening.stripTrailing());
    return cut ? prompt + opening.substring(opening.stripTrailing().length()) : prompt;
  }

  private static String fill(String pattern, String content) {
    return pattern.replace(CONTENT, content);
  }

  private static String before(String pattern) {
    int at = pattern.indexOf(CONTENT);
    return at < 0 ? "" : pattern.substring(0, at);
  }
}
