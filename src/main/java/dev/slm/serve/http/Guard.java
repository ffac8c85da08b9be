package dev.slm.serve.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the headers alone whether a request may come in: the Host header against DNS
 * rebinding, the Origin against foreign web pages, the key against everybody else.
 */
public final class Guard {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> hosts;
  private final Set<String> origins;
  private final byte @Nullable [] key;
  private final boolean administration;

  /**
   * @param hosts names besides the loopback ones under which this service is reached
   * @param origins web pages whose scripts may use it
   * @param key what clients have to send, empty for none
   * @param administration whether models may be loaded, unloaded and downloaded by request
   */
  public Guard(
      Set<String> hosts, Set<String> origins, Optional<String> key, boolean administration) {
    this.hosts = new HashSet<>(LOOPBACK);
    hosts.forEach(host -> this.hosts.add(host.toLowerCase(Locale.ROOT)));
    this.origins = Set.copyOf(origins);
    this.key = key.map(Guard::digest).orElse(null);
    this.administration = administration;
  }

  /** Refuses what may not come in, before any of its body is read. */
  void checkOrigin(Head head) {
    checkHost(head);
    Optional<String> origin = head.header("origin");
    if (origin.isPresent() && !isOwn(origin.get(), head) && !origins.contains(origin.get())) {
      throw foreign();
    }
    // images and links of a foreign page carry no Origin, but browsers say where they come from
    String site = head.header("sec-fetch-site").orElse("none");
    if (origin.isEmpty() && (site.equals("cross-site") || site.equals("same-site"))) {
      throw foreign();
    }
  }

  /** Refuses who has no right to the route. */
  void checkAccess(Head head, Router.Access access) {
    if (access == Router.Access.OPEN) {
      return;
    }
    byte[] wanted = key;
    // hashes of equal length: neither the place of a difference nor the key's length takes time
    if (wanted != null && !MessageDigest.isEqual(wanted, digest(sentKey(head)))) {
      throw Refusal.of(401, "the API key is missing or wrong")
          .code("invalid_api_key")
          .header("WWW-Authenticate", "Bearer");
    }
    if (access == Router.Access.ADMIN && !administration) {
      throw Refusal.of(403, "loading models by request is off; start with --allow-admin")
          .code("administration_off");
    }
  }

  /** The origin to name in an answer that a web page's script may read. */
  Optional<String> allowedOrigin(Head head) {
    return head.header("origin").filter(origins::contains);
  }

  private void checkHost(Head head) {
    String host =
        head.header("host")
            .orElseThrow(() -> Refusal.of(400, "the request has no Host header"))
            .toLowerCase(Locale.ROOT);
    if (!host.matches("[a-z0-9._-]+(:[0-9]{1,5})?|\\[[0-9a-f:.]+\\](:[0-9]{1,5})?")) {
      throw Refusal.of(400, "the Host header is not a host");
    }
    if (!hosts.contains(host.replaceFirst(":[0-9]+$", "")) && !hosts.contains(host)) {
      throw Refusal.of(403, "this service does not answer under this host name")
          .code("unknown_host");
    }
  }

  private static boolean isOwn(String origin, Head head) {
    return head.header("host").filter(host -> origin.equals("http://" + host)).isPresent();
  }

  private static Refusal foreign() {
    return Refusal.of(403, "web pages of other origins may not use this service")
        .code("foreign_origin");
  }

  private static String sentKey(Head head) {
    String value = head.header("authorization").orElse("");
    return value.regionMatches(true, 0, "Bearer ", 0, 7)
        ? value.substring(7).strip()
        : head.header("api-key").orElse(head.header("x-api-key").orElse(""));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
