package dev.slm.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Decides which file operation goes wrong, and how. Operations are counted from 1; those that only
 * read are counted when asked for.
 */
public final class Faults {
  /** What happens at the chosen operation. */
  public enum How {
    /** nothing: the operations are only counted */
    NEVER,
    /** this operation fails as on a full disk, all others work */
    FULL_ONCE,
    /** this operation and all later writes fail, as on a disk that stays full */
    FULL,
    /** the process is gone: this operation does not happen, nor any later one */
    KILL
  }

  private final How how;
  private final int at;
  private final boolean countsReads;
  private final AtomicBoolean isDead = new AtomicBoolean();
  private final List<String> operations = new ArrayList<>();
  private Optional<Path> otherDisk = Optional.empty();
  private boolean locksLie;

  private Faults(How how, int at, boolean countsReads) {
    this.how = how;
    this.at = at;
    this.countsReads = countsReads;
  }

  /** Counts the operations that change something. */
  public static Faults none() {
    return new Faults(How.NEVER, 0, false);
  }

  public static Faults at(int operation, How how) {
    return new Faults(how, operation, false);
  }

  /** The same, with operations counted that only read. */
  public Faults countingReads() {
    return new Faults(how, at, true);
  }

  /** Makes what lies below a folder another disk: nothing can be renamed into or out of it. */
  public Faults withOtherDisk(Path folder) {
    otherDisk = Optional.of(folder);
    return this;
  }

  /**
   * Makes locks as on some network file systems: everybody gets each of them, and files named
   * {@code lock} do not say who works on another machine.
   */
  public Faults withLyingLocks() {
    locksLie = true;
    return this;
  }

  boolean locksLie() {
    return locksLie;
  }

  boolean refusesRename(Path source, Path target) {
    return otherDisk.filter(disk -> source.startsWith(disk) != target.startsWith(disk)).isPresent();
  }

  /** The operations so far, for the text of a failing test. */
  public synchronized List<String> operations() {
    return List.copyOf(operations);
  }

  public synchronized int count() {
    return operations.size();
  }

  /** Whether the chosen operation was reached. */
  public synchronized boolean happened() {
    return how != How.NEVER && operations.size() >= at;
  }

  void reading(String operation) throws IOException {
    if (isDead.get()) {
      throw new Killed();
    }
    if (countsReads) {
      count(operation);
    }
  }

  void changing(String operation) throws IOException {
    if (isDead.get()) {
      throw new Killed();
    }
    count(operation);
  }

  private synchronized void count(String operation) throws IOException {
    operations.add(operation);
    int now = operations.size();
    switch (how) {
      case NEVER -> {}
      case FULL_ONCE -> failIf(now == at, operation);
      case FULL -> failIf(now >= at && !freesSpace(operation), operation);
      case KILL -> {
        if (now >= at) {
          isDead.set(true);
          throw new Killed();
        }
      }
    }
  }

  private static boolean freesSpace(String operation) {
    return operation.startsWith("delete");
  }

  private static void failIf(boolean fails, String operation) throws IOException {
    if (fails) {
      throw new IOException("No space left on device (injected at: " + operation + ")");
    }
  }

  /** The end of a simulated process; nothing may catch it. */
  public static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed by the test", null, false, false);
    }
  }
}
