package dev.slm.engine;

import dev.slm.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Who works with a sequence's native memory. It is given back when nobody does, whoever closes the
 * sequence and whenever: native code that runs on freed memory ends the process.
 */
public final class Turns {
  private final Runnable cancel;
  private final Runnable free;
  private @Nullable Thread owner;
  private boolean isClosed;
  private boolean isFreed;
  private long turn;

  /**
   * @param cancel asks the running work to end; called with the lock held, only while there is any
   * @param free gives the memory back; called once
   */
  public Turns(Runnable cancel, Runnable free) {
    this.cancel = cancel;
    this.free = free;
  }

  /**
   * Begins work on this thread and returns the turn's number.
   *
   * @param reset forgets an earlier cancellation; called with the lock held, so that none that
   *     comes now is lost
   */
  public synchronized long begin(Runnable reset) {
    if (isClosed) {
      throw Problem.failed("the model was unloaded").next("model load NAME");
    }
    if (owner != null) {
      throw new IllegalStateException("a sequence is used by one thread at a time");
    }
    owner = Thread.currentThread();
    reset.run();
    return ++turn;
  }

  public synchronized void end() {
    owner = null;
    if (isClosed) {
      freeOnce();
    }
    notifyAll();
  }

  /** Asks the work of a turn to end; a late call for an earlier turn does nothing. */
  public synchronized void cancel(long ofTurn) {
    if (owner != null && turn == ofTurn) {
      cancel.run();
    }
  }

  /** Ends running work, waits for it, and gives the memory back. */
  public synchronized void close() {
    isClosed = true;
    cancel(turn);
    boolean interrupted = false;
    // the working thread itself, out of a callback, cannot wait for its own end
    while (owner != null && !owner.equals(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (owner == null) {
      freeOnce();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void freeOnce() {
    if (!isFreed) {
      isFreed = true;
      free.run();
    }
  }
}
