package dev.slm.shell;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The wish that the running command stops. Commands look at it often; one that does not within a
 * moment gets its thread interrupted, which ends waits on the network. Not at once: an interrupt
 * closes the file channel that a thread happens to be in, also one that others share.
 */
public final class Cancellation {
  /** Leaves room for the half second within which Ctrl-C is promised to work. */
  private static final long GRACE_MILLIS = 200;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private int depth;
  private volatile boolean isRequested;
  private @Nullable Thread worker;

  /** A command begins on this thread; commands that run commands nest. */
  void begin() {
    lock.lock();
    try {
      if (depth++ == 0) {
        isRequested = false;
        worker = Thread.currentThread();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The wish ended a part of the command, which goes on. */
  void heard() {
    lock.lock();
    try {
      isRequested = false;
      ended.signalAll();
      Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** The command has ended; an interrupt that came too late is taken back. */
  void end() {
    lock.lock();
    try {
      if (--depth == 0) {
        worker = null;
        ended.signalAll();
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks the running command to stop; false when none runs. */
  boolean request() {
    lock.lock();
    try {
      if (depth == 0) {
        return false;
      }
      isRequested = true;
      Thread.ofPlatform().daemon().name("interrupt").start(this::interruptLater);
      return true;
    } finally {
      lock.unlock();
    }
  }

  public boolean isRequested() {
    return isRequested;
  }

  private void interruptLater() {
    lock.lock();
    try {
      Thread target = worker;
      long left = TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
      while (left > 0 && target != null && target.equals(worker) && isRequested) {
        left = ended.awaitNanos(left);
      }
      if (target != null && target.equals(worker) && isRequested) {
        target.interrupt();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
