package dev.slm.acquire;

import dev.slm.base.Problem;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Says in plain words why a host did not answer. */
final class Unreachable {
  private Unreachable() {}

  /** Whether trying again at once is of no use. */
  static boolean isLasting(IOException e) {
    return has(e, ConnectException.class)
        || has(e, UnknownHostException.class)
        || has(e, UnresolvedAddressException.class)
        || has(e, NoRouteToHostException.class)
        || isProxyRefusal(e)
        || isTls(e);
  }

  static String reason(IOException e) {
    if (e instanceof Passing || e instanceof Body.Stalled) {
      return String.valueOf(e.getMessage());
    }
    if (has(e, UnknownHostException.class) || has(e, UnresolvedAddressException.class)) {
      return "the host name was not found";
    }
    if (has(e, HttpConnectTimeoutException.class) || has(e, NoRouteToHostException.class)) {
      return "there is no way to the host";
    }
    if (isProxyRefusal(e)) {
      return "the proxy asks for a name and password";
    }
    if (has(e, ConnectException.class)) {
      return "the connection was refused";
    }
    if (isTls(e)) {
      return "the certificate is not trusted";
    }
    return has(e, HttpTimeoutException.class) ? "no answer in time" : "the connection was lost";
  }

  static Problem problem(URI uri, Proxies proxies, IOException e) {
    Optional<Proxies.Named> proxy = proxies.named(uri);
    if (isTls(e)) {
      return unreachable("no secure connection to '" + uri.getHost() + "'")
          .why(reason(e) + "; does a proxy or virus scanner read along?")
          .next("add its certificate to the Java trust store, or set HF_ENDPOINT to a mirror")
          .causedBy(e);
    }
    if (proxy.isPresent() && isLasting(e)) {
      return unreachable("cannot reach '" + uri.getHost() + "' through proxy " + proxy.get())
          .why(reason(e))
          .next("check " + proxy.get().variable() + ", or name hosts without proxy in NO_PROXY")
          .causedBy(e);
    }
    return unreachable("cannot reach '" + uri.getAuthority() + "'")
        .why(reason(e))
        .next("check the network; models in the cache work without it: cache ls")
        .causedBy(e);
  }

  static Problem unreachable(String what) {
    return Problem.of(Problem.Status.UNREACHABLE, what);
  }

  private static boolean isTls(IOException e) {
    return has(e, SSLException.class);
  }

  private static boolean isProxyRefusal(IOException e) {
    String text = String.valueOf(e.getMessage());
    return text.contains("407") || text.contains("too many authentication attempts");
  }

  private static boolean has(Throwable e, Class<? extends Throwable> type) {
    int depth = 0;
    for (Throwable at = e; at != null && depth < 10; at = at.getCause(), depth++) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }
}
