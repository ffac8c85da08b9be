package dev.slm.acquire;

import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests that follow redirects by our rules: the token goes to the hub's own origin and nowhere
 * else, nothing leaves https for http, and a chain of redirects ends.
 */
final class Transport {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final long POLL_MILLIS = 50;

  private final HubSettings settings;
  private final Proxies proxies;
  private final HttpClient client;

  Transport(HubSettings settings) {
    this.settings = settings;
    this.proxies = Proxies.of(settings.environment());
    // the JDK refuses names and passwords to a proxy for https unless told otherwise before its
    // first client; they are sent only where the user put them into the proxy's address
    if (System.getProperty("jdk.http.auth.tunneling.disabledSchemes") == null) {
      System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
    }
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.limits().connect())
            .proxy(proxies);
    // with one set, the JDK turns a plain 401 of the hub into a lost connection
    proxies.authenticator().ifPresent(builder::authenticator);
    this.client = builder.build();
  }

  Limits limits() {
    return settings.limits();
  }

  Proxies proxies() {
    return proxies;
  }

  /** Whether the hub learns the token. */
  boolean hasToken() {
    return settings.token().isPresent() && mayCarryToken(settings.endpoint());
  }

  /** Whether there is a token that the hub does not learn, because others could read it. */
  boolean withholdsToken() {
    return settings.token().isPresent() && !hasToken();
  }

  /** Gets an address; an answer of any status but a redirect is the caller's to judge. */
  Reply get(URI start, Map<String, String> headers, Progress progress) throws IOException {
    URI uri = start;
    HttpHeaders first = null;
    for (int hop = 0; hop <= settings.limits().hops(); hop++) {
      HttpResponse<Body> response = send(request(uri, headers), progress);
      first = first == null ? response.headers() : first;
      if (!REDIRECTS.contains(response.statusCode())) {
        return new Reply(uri, response.statusCode(), first, response.headers(), response.body());
      }
      response.body().close();
      uri = target(uri, response.headers().firstValue("location").orElse(""));
    }
    throw refusal(start, "more than " + settings.limits().hops() + " redirects");
  }

  private HttpRequest request(URI uri, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(settings.limits().answer())
            .header("User-Agent", "slm")
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (mayCarryToken(uri)) {
      settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    }
    return request.build();
  }

  private boolean mayCarryToken(URI uri) {
    boolean safe = uri.getScheme().equals("https") || Proxies.isLoopback(uri.getHost());
    return safe && origin(uri).equals(origin(settings.endpoint()));
  }

  private static String origin(URI uri) {
    int usual = uri.getScheme().equals("https") ? 443 : 80;
    int port = uri.getPort() < 0 ? usual : uri.getPort();
    return (uri.getScheme() + "://" + uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
  }

  private static URI target(URI from, String location) {
    URI to = resolved(from, location);
    String scheme = to == null || to.getScheme() == null ? "" : to.getScheme();
    if (to == null || to.getHost() == null || !Set.of("http", "https").contains(scheme)) {
      throw refusal(from, "it redirects to '" + SafePath.shown(location) + "'");
    }
    if (from.getScheme().equals("https") && scheme.equals("http")) {
      throw refusal(from, "it redirects from https to http");
    }
    return to;
  }

  private static @Nullable URI resolved(URI from, String location) {
    try {
      return location.isBlank() ? null : from.resolve(location.strip());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Problem refusal(URI uri, String reason) {
    return Problem.of(
            Problem.Status.UNREACHABLE, "the redirect of '" + uri.getHost() + "' was not followed")
        .why(reason);
  }

  private HttpResponse<Body> send(HttpRequest request, Progress progress) throws IOException {
    Limits limits = settings.limits();
    CompletableFuture<HttpResponse<Body>> answer =
        client.sendAsync(request, _ -> new Body(limits.stall(), limits.leastBytes()));
    try {
      while (true) {
        progress.checkCancelled();
        try {
          return answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          // time to look whether people still want it
        }
      }
    } catch (ExecutionException | CancellationException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted().causedBy(e);
    } finally {
      answer.cancel(true);
    }
  }
}
