package dev.slm.serve.http;

import java.util.ArrayList;
import java.util.List;

/** The news that nobody waits for an answer any more, and who wants to hear it. */
public final class Departure {
  /** Why an answer is no longer wanted. */
  public enum Reason {
    CLIENT_LEFT,
    SERVER_STOPS
  }

  private final List<Runnable> listeners = new ArrayList<>();
  private volatile boolean happened;
  private volatile Reason reason = Reason.CLIENT_LEFT;

  public boolean hasHappened() {
    return happened;
  }

  /** Meaningful once it has happened. */
  public Reason reason() {
    return reason;
  }

  /** Runs the action when the client leaves, or now when it already has. */
  public void whenHappened(Runnable action) {
    synchronized (listeners) {
      if (!happened) {
        listeners.add(action);
        return;
      }
    }
    action.run();
  }

  /** Tells everybody, once. */
  public void happen(Reason why) {
    List<Runnable> told;
    synchronized (listeners) {
      if (happened) {
        return;
      }
      reason = why;
      happened = true;
      told = List.copyOf(listeners);
      listeners.clear();
    }
    told.forEach(Runnable::run);
  }
}
