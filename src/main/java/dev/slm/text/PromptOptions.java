package dev.slm.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a chat template is told besides the messages.
 *
 * @param beginsAnswer ends the prompt with the beginning of an answer
 * @param tools descriptions of functions in the shape of the OpenAI protocol, of JSON-like values
 * @param arguments further names, such as {@code enable_thinking}
 */
public record PromptOptions(
    boolean beginsAnswer, List<Map<String, Object>> tools, Map<String, Object> arguments) {
  public static final PromptOptions ANSWER = new PromptOptions(true, List.of(), Map.of());

  /** The messages and nothing behind them. */
  public static final PromptOptions NOTHING_MORE = new PromptOptions(false, List.of(), Map.of());

  public PromptOptions {
    tools = List.copyOf(tools);
    arguments = Map.copyOf(arguments);
  }

  public PromptOptions with(String name, Object value) {
    Map<String, Object> more = new HashMap<>(arguments);
    more.put(name, value);
    return new PromptOptions(beginsAnswer, tools, more);
  }
}
