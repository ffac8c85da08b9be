package dev.slm.prepare;

import dev.slm.model.Message;
import java.util.ArrayList;
import java.util.List;

/** A piece of what models are compared on. */
public sealed interface Passage {
  /** Running text; every token of it counts. */
  record Plain(String text) implements Passage {}

  /**
   * A conversation that ends with an answer; the answer's tokens count.
   *
   * @param isWhole whether the answer is known to its end
   */
  record Chat(List<Message> messages, boolean isWhole) implements Passage {
    public Chat {
      messages = List.copyOf(messages);
    }

    /** All that comes before the answer. */
    List<Message> question() {
      return messages.subList(0, messages.size() - 1);
    }

    /** The same with another answer. */
    List<Message> answered(String other) {
      List<Message> all = new ArrayList<>(question());
      all.add(Message.assistant(other));
      return all;
    }
  }
}
