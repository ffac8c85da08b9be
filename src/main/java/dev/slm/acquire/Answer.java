package dev.slm.acquire;

import dev.slm.base.Problem;
import dev.slm.base.SafePath;
import dev.slm.base.Units;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns what a hub answers instead of content into words. */
final class Answer {
  private final Repository repository;
  private final URI endpoint;
  private final boolean hasToken;
  private final Supplier<List<String>> near;

  /**
   * For answers about one repository.
   *
   * @param near names to suggest when the hub does not know the repository
   */
  Answer(Repository repository, URI endpoint, boolean hasToken, Supplier<List<String>> near) {
    this.repository = repository;
    this.endpoint = endpoint;
    this.hasToken = hasToken;
    this.near = near;
  }

  /** Passes an answer with content on; throws for every other one. */
  void check(Reply reply) throws IOException {
    int status = reply.status();
    if (status == 429 || status == 408 || status >= 500) {
      throw passing(reply);
    }
    switch (status) {
      case 200, 206 -> checkForm(reply);
      case 401, 403 -> throw refused(reply);
      case 404, 410 -> throw missing(reply);
      case 407 -> throw new IOException("407");
      case 451 -> throw Problem.failed("'" + repository.id() + "' is blocked by the hub");
      default ->
          throw Unreachable.unreachable(
              "'" + host(reply) + "' answered with status " + status + " for '" + id() + "'");
    }
  }

  private void checkForm(Reply reply) {
    if (reply.isPage()) {
      throw Unreachable.unreachable("'" + host(reply) + "' answered with a web page, not a file")
          .why("a login page of this network or a proxy answers in its place")
          .next("open '" + endpoint + "' in a browser, then repeat");
    }
    if (reply.isEncoded()) {
      throw Unreachable.unreachable("'" + host(reply) + "' sent a compressed answer")
          .why("it was asked for the plain file, so the length could not be checked")
          .next("config set hub.endpoint " + HubSettings.PUBLIC_HUB);
    }
  }

  private Passing passing(Reply reply) {
    Optional<Duration> pause = reply.header("retry-after").flatMap(Answer::pause);
    String wait =
        pause
            .map(time -> "in " + Units.time(time))
            .orElse(reply.status() == 429 ? "in some minutes" : "later");
    if (reply.status() == 429) {
      Problem problem =
          Problem.of(Problem.Status.BUSY, "'" + host(reply) + "' takes no more requests now")
              .why("it limits how many one address or user may send")
              .next(
                  "repeat " + wait + (hasToken ? "" : ", or config set hub.token: users get more"));
      return new Passing("too many requests", problem, pause);
    }
    Problem problem =
        Unreachable.unreachable("'" + host(reply) + "' has an error of its own")
            .why("status " + reply.status())
            .next("repeat " + wait + "; what was downloaded is kept");
    return new Passing("status " + reply.status(), problem, pause);
  }

  private Problem refused(Reply reply) {
    String code = reply.header("x-error-code").orElse("");
    if (code.equals("GatedRepo")) {
      return gated();
    }
    if (code.equals("RepoNotFound")) {
      return unknown();
    }
    if (hasToken) {
      return Problem.of(Problem.Status.NO_PERMISSION, "the hub does not accept the token")
          .why("status " + reply.status() + " for '" + id() + "'")
          .next("make a new token at " + endpoint + "/settings/tokens, then config set hub.token");
    }
    return reply.status() == 401 ? unknown() : gated();
  }

  private Problem gated() {
    String page = endpoint + "/" + repository.id();
    String why =
        hasToken
            ? "the token's user has not been granted access"
            : "its owner gives it only to users who accept the licence";
    String next =
        hasToken
            ? "ask for access at " + page + ", then repeat"
            : "accept it at " + page + ", config set hub.token, then repeat";
    return Problem.of(Problem.Status.NO_PERMISSION, "'" + id() + "' is gated").why(why).next(next);
  }

  private Problem missing(Reply reply) {
    return switch (reply.header("x-error-code").orElse("")) {
      case "RevisionNotFound" ->
          Problem.usage("'" + id() + "' has no revision '" + repository.revision() + "'")
              .next("model download " + id());
      case "EntryNotFound" ->
          Problem.failed("a file of '" + id() + "' is no longer there")
              .why("'" + SafePath.shown(reply.uri().getPath()) + "'")
              .next("model download " + repository);
      default -> unknown();
    };
  }

  /** A repository that is not there, or not for this user: the hub does not tell which. */
  private Problem unknown() {
    List<String> names = near.get();
    String reason =
        hasToken
            ? "or the token may not see it"
            : "or it is private and needs a token: config set hub.token";
    return Problem.usage("the hub has no model '" + id() + "'")
        .why(names.isEmpty() ? reason : "did you mean: " + String.join(", ", names))
        .next("model list");
  }

  private static Optional<Duration> pause(String text) {
    try {
      if (text.matches("\\d{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
      }
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(Instant.now(), until);
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private String id() {
    return repository.id();
  }

  private static String host(Reply reply) {
    return reply.uri().getHost();
  }
}
