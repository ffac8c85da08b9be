package dev.slm.session;

import dev.slm.model.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was said so far. Belongs to one thread. */
public final class Conversation {
  private Optional<String> system = Optional.empty();
  private final List<Turn> turns = new ArrayList<>();
  private int firstSent;

  /** What the model is told before everything else. */
  public Optional<String> system() {
    return system;
  }

  public void system(Optional<String> text) {
    system = text.filter(content -> !content.isBlank());
  }

  public List<Turn> turns() {
    return List.copyOf(turns);
  }

  public boolean isEmpty() {
    return turns.isEmpty();
  }

  public void add(Turn turn) {
    turns.add(turn);
  }

  /** Takes back the last turn. */
  public Optional<Turn> undo() {
    Optional<Turn> last = turns.isEmpty() ? Optional.empty() : Optional.of(turns.removeLast());
    firstSent = Math.min(firstSent, turns.size());
    return last;
  }

  /** Forgets all turns; the system text stays. */
  public void clear() {
    turns.clear();
    firstSent = 0;
  }

  /** Turns at the beginning that the model no longer gets, because its context is full. */
  public int forgotten() {
    return firstSent;
  }

  void forgetUpTo(int turn) {
    firstSent = turn;
  }

  /** What the model gets: the system text, the turns that it is not to forget, and a question. */
  public List<Message> messages(String question) {
    return messages(question, firstSent);
  }

  List<Message> messages(String question, int from) {
    List<Message> messages = said(from);
    messages.add(Message.user(question));
    return messages;
  }

  /** What the model got and said so far, as it would get it again. */
  List<Message> said() {
    return said(firstSent);
  }

  private List<Message> said(int from) {
    List<Message> messages = new ArrayList<>();
    system.ifPresent(text -> messages.add(Message.system(text)));
    for (Turn turn : turns.subList(from, turns.size())) {
      messages.add(Message.user(turn.question()));
      messages.add(Message.assistant(turn.answer()));
    }
    return messages;
  }
}
