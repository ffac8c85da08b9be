package dev.slm.serve;

import dev.slm.base.Problem;
import java.io.IOException;
import java.net.BindException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;

/** The port that a service wants, and who has it already. */
record Port(String host, int number) {
  private static final int PROBE_MILLIS = 1_000;

  InetSocketAddress address() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), number);
  }

  /** Refuses a port that a service could not get, before a process is started for it. */
  void check() {
    try (ServerSocket socket = new ServerSocket()) {
      // as the service does: connections of one that has ended must not be in its way
      socket.setReuseAddress(true);
      socket.bind(address());
    } catch (BindException e) {
      throw taken(e);
    } catch (IOException e) {
      // the service finds the words when it starts
    }
  }

  Problem taken(BindException cause) {
    String reason =
        isOurs()
            ? "another slm service does: one of another user, or with another SLM_HOME"
            : "another program does, or the address is not of this machine";
    return Problem.of(Problem.Status.BUSY, "cannot listen on '%s' port %d".formatted(host, number))
        .why(reason)
        .next("service start --port 0")
        .causedBy(cause);
  }

  /** Whether a service of this program answers there: nobody else has our own route. */
  private boolean isOurs() {
    try {
      URI uri = URI.create(ServiceState.url(host, number) + Control.LOADED);
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(PROBE_MILLIS);
      connection.setReadTimeout(PROBE_MILLIS);
      return Control.isRefusal(connection);
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }
}
