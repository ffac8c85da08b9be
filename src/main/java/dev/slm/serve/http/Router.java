package dev.slm.serve.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which handler answers a method and a path. */
public final class Router {
  /** Answers a request. */
  @FunctionalInterface
  public interface Handler {
    void handle(Request request, Response response) throws IOException;
  }

  /** Who may use a route. */
  public enum Access {
    /** everybody who reaches the service, without a key */
    OPEN,
    /** whoever has the key, if there is one */
    KEY,
    /** as {@link #KEY}, and only where administration is allowed */
    ADMIN
  }

  /**
   * A route.
   *
   * @param template path with {@code {name}} segments; also the route's name in log and metrics
   */
  public record Route(String method, String template, Access access, Handler handler) {
    private Optional<Map<String, String>> match(List<String> path) {
      String[] wanted = template.substring(1).split("/", -1);
      if (wanted.length != path.size()) {
        return Optional.empty();
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      for (int i = 0; i < wanted.length; i++) {
        if (wanted[i].startsWith("{")) {
          if (path.get(i).isEmpty()) {
            return Optional.empty();
          }
          parameters.put(wanted[i].substring(1, wanted[i].length() - 1), path.get(i));
        } else if (!wanted[i].equals(path.get(i))) {
          return Optional.empty();
        }
      }
      return Optional.of(parameters);
    }
  }

  /** A route and what its segments matched. */
  record Match(Route route, Map<String, String> parameters) {}

  private final List<Route> routes = new ArrayList<>();

  public Router add(String method, String template, Access access, Handler handler) {
    routes.add(new Route(method, template, access, handler));
    return this;
  }

  public List<Route> routes() {
    return List.copyOf(routes);
  }

  Match find(Head head) {
    List<String> methods = new ArrayList<>();
    for (Route route : routes) {
      Optional<Map<String, String>> parameters = route.match(head.path());
      if (parameters.isPresent()) {
        if (route.method().equals(head.method())) {
          return new Match(route, parameters.get());
        }
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      throw Refusal.of(404, "there is nothing at this path").code("unknown_url");
    }
    throw Refusal.of(405, "this path takes " + String.join(", ", methods))
        .code("method_not_allowed")
        .header("Allow", String.join(", ", methods));
  }
}
