package dev.slm.base;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a person can understand and act on: what happened (with the value in single
 * quotes), why if known, and the next command to type. The only exception that users see.
 */
public final class Problem extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Exit statuses of the program; the numbers are part of the command language. */
  public enum Status {
    FAILED(1),
    USAGE(2),
    BAD_FILE(65),
    UNREACHABLE(69),
    OUR_BUG(70),
    CANNOT_WRITE(73),
    BUSY(75),
    NO_PERMISSION(77),
    INTERRUPTED(130);

    private final int code;

    Status(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  private final Status status;
  private final String what;
  private final @Nullable String why;
  private final @Nullable String next;

  private Problem(
      Status status,
      String what,
      @Nullable String why,
      @Nullable String next,
      @Nullable Throwable cause) {
    super(why == null ? what : what + " (" + why + ")", cause);
    this.status = status;
    this.what = what;
    this.why = why;
    this.next = next;
  }

  public static Problem of(Status status, String what) {
    return new Problem(status, what, null, null, null);
  }

  public static Problem failed(String what) {
    return of(Status.FAILED, what);
  }

  public static Problem usage(String what) {
    return of(Status.USAGE, what);
  }

  public static Problem badFile(String what) {
    return of(Status.BAD_FILE, what);
  }

  public static Problem interrupted() {
    return of(Status.INTERRUPTED, "interrupted");
  }

  /** The same problem with its reason. */
  public Problem why(String reason) {
    return new Problem(status, what, reason, next, getCause());
  }

  /** The same problem with the command to type next. */
  public Problem next(String command) {
    return new Problem(status, what, why, command, getCause());
  }

  /** The same problem with the exception that caused it, for the log. */
  public Problem causedBy(Throwable cause) {
    return new Problem(status, what, why, next, cause);
  }

  /** The same problem in the words of those who hear it. */
  public Problem told(UnaryOperator<String> words) {
    return new Problem(
        status,
        words.apply(what),
        why == null ? null : words.apply(why),
        next == null ? null : words.apply(next),
        getCause());
  }

  public Status status() {
    return status;
  }

  public String what() {
    return what;
  }

  public Optional<String> why() {
    return Optional.ofNullable(why);
  }

  public Optional<String> next() {
    return Optional.ofNullable(next);
  }
}
