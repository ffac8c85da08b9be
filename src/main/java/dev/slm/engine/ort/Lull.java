package dev.slm.engine.ort;

/** When work that has time may go on: while nobody does what it would disturb. */
final class Lull {
  private int working;
  private boolean isClosed;

  synchronized void workBegins() {
    working++;
  }

  synchronized void workEnds() {
    working--;
    notifyAll();
  }

  /** Waits for the moment; false when there will be none. */
  synchronized boolean await() {
    try {
      while (working > 0 && !isClosed) {
        wait();
      }
      return !isClosed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  synchronized void close() {
    isClosed = true;
    notifyAll();
  }
}
