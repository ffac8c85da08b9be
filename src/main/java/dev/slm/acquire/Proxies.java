package dev.slm.acquire;

import dev.slm.base.Problem;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the usual variables name: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code
 * ALL_PROXY} and {@code NO_PROXY}, in either case.
 */
final class Proxies extends ProxySelector {
  private final Map<String, String> environment;
  private final List<String> direct;

  private Proxies(Map<String, String> environment) {
    this.environment = environment;
    this.direct =
        Arrays.stream(value("no_proxy").orElse("").split(","))
            .map(host -> host.strip().toLowerCase(Locale.ROOT))
            .filter(host -> !host.isEmpty())
            .toList();
  }

  static Proxies of(Map<String, String> environment) {
    return new Proxies(environment);
  }

  /** The proxy for an address with the variable that names it, empty for a direct connection. */
  Optional<Named> named(URI uri) {
    if (isDirect(host(uri))) {
      return Optional.empty();
    }
    String own = uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy";
    return value(own)
        .map(text -> Named.parse(own, text))
        .or(() -> value("all_proxy").map(text -> Named.parse("all_proxy", text)));
  }

  /** A proxy, and how people told us of it. */
  record Named(String variable, String host, int port, Optional<String> account) {
    static Named parse(String variable, String text) {
      try {
        URI uri = new URI(text.contains("://") ? text : "http://" + text);
        if (uri.getHost() == null || !"http".equalsIgnoreCase(uri.getScheme())) {
          throw unusable(variable);
        }
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new Named(
            variable.toUpperCase(Locale.ROOT),
            uri.getHost(),
            port,
            Optional.ofNullable(uri.getRawUserInfo()));
      } catch (URISyntaxException e) {
        throw unusable(variable);
      }
    }

    // the value may hold a password, so it is not shown
    private static Problem unusable(String variable) {
      return Problem.usage("'" + variable.toUpperCase(Locale.ROOT) + "' does not name a proxy")
          .why("expected http://host:port; SOCKS and https proxies are not supported");
    }

    @Override
    public String toString() {
      return "'" + host + ":" + port + "' of " + variable;
    }
  }

  /** Answers a proxy that asks for a name and password, when an address has them. */
  Optional<Authenticator> authenticator() {
    List<Named> withAccount =
        Stream.of("https_proxy", "http_proxy", "all_proxy")
            .flatMap(name -> value(name).map(text -> Named.parse(name, text)).stream())
            .filter(proxy -> proxy.account().isPresent())
            .toList();
    return withAccount.isEmpty() ? Optional.empty() : Optional.of(new Accounts(withAccount));
  }

  private static final class Accounts extends Authenticator {
    private final List<Named> proxies;

    Accounts(List<Named> proxies) {
      this.proxies = proxies;
    }

    @Override
    protected @Nullable PasswordAuthentication getPasswordAuthentication() {
      if (getRequestorType() != RequestorType.PROXY) {
        return null;
      }
      return proxies.stream()
          .filter(proxy -> proxy.host().equalsIgnoreCase(getRequestingHost()))
          .flatMap(proxy -> proxy.account().stream())
          .findFirst()
          .map(Proxies::account)
          .orElse(null);
    }
  }

  private static PasswordAuthentication account(String text) {
    String[] parts = text.split(":", 2);
    String password = parts.length == 2 ? parts[1] : "";
    return new PasswordAuthentication(decoded(parts[0]), decoded(password).toCharArray());
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        named(uri)
            .map(it -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(it.host(), it.port())))
            .orElse(Proxy.NO_PROXY));
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // the request fails with its own exception
  }

  private boolean isDirect(String host) {
    return isLoopback(host)
        || direct.stream()
            .map(entry -> entry.startsWith("*.") ? entry.substring(1) : entry)
            .anyMatch(
                entry ->
                    entry.equals("*")
                        || host.equals(entry.startsWith(".") ? entry.substring(1) : entry)
                        || host.endsWith(entry.startsWith(".") ? entry : "." + entry));
  }

  /** A proxy could not reach this machine under such a name. */
  static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private static String host(URI uri) {
    return uri.getHost() == null ? "" : uri.getHost().toLowerCase(Locale.ROOT);
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(
            environment.getOrDefault(name, environment.get(name.toUpperCase(Locale.ROOT))))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }
}
