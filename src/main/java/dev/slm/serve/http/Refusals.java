package dev.slm.serve.http;

import dev.slm.base.Problem;

/** How problems that people see in the shell look to clients, who must not learn our paths. */
public final class Refusals {
  private Refusals() {}

  /** A usage problem is the client's and says why; of all others only the kind is told. */
  public static Refusal of(Problem problem) {
    return switch (problem.status()) {
      case USAGE -> Refusal.of(400, text(problem));
      case BUSY -> Refusal.of(503, text(problem)).header("Retry-After", "1");
      case INTERRUPTED -> Refusal.of(503, "the request was cancelled");
      case UNREACHABLE -> Refusal.of(502, "a server that this needs cannot be reached");
      default -> Refusal.of(500, "the model cannot be used; the service's log says why");
    };
  }

  private static String text(Problem problem) {
    String message = problem.getMessage();
    // a path in a message is of no use to a client and tells how this machine is built
    return message == null || message.matches("(?s).*(^|[\\s'\"(])(/|[A-Za-z]:\\\\|~/)\\S+.*")
        ? "the request cannot be answered; the service's log says why"
        : message;
  }
}
