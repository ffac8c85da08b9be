package dev.slm.serve;

import dev.slm.base.Problem;
import dev.slm.serve.http.Guard;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How to serve.
 *
 * @param port 0 takes a free one
 * @param allowedHosts further names under which clients reach it
 * @param origins web pages whose scripts may use it
 * @param allowAdmin whether clients of other machines may load, unload and download models
 * @param slots answers at a time
 * @param queue requests that may wait for a slot
 * @param grace how long running answers may finish when the service stops
 * @param idleTimeout ends the service when nobody asks for so long, zero for never
 */
public record ServiceOptions(
    String host,
    int port,
    Optional<String> apiKey,
    Set<String> allowedHosts,
    Set<String> origins,
    boolean allowAdmin,
    int slots,
    int queue,
    Duration grace,
    Duration idleTimeout) {

  /** The port that the world's examples for local models use. */
  public static final int STANDARD_PORT = 5273;

  public static final ServiceOptions DEFAULT =
      new ServiceOptions(
          "127.0.0.1",
          STANDARD_PORT,
          Optional.empty(),
          Set.of(),
          Set.of(),
          false,
          2,
          64,
          Duration.ofSeconds(3),
          Duration.ZERO);

  public ServiceOptions {
    allowedHosts = Set.copyOf(allowedHosts);
    origins = Set.copyOf(origins);
  }

  public ServiceOptions withPort(int other) {
    return new ServiceOptions(
        host, other, apiKey, allowedHosts, origins, allowAdmin, slots, queue, grace, idleTimeout);
  }

  /** The same options with other limits of work. */
  public ServiceOptions withWork(int atATime, int waiting, Duration toFinish) {
    return new ServiceOptions(
        host,
        port,
        apiKey,
        allowedHosts,
        origins,
        allowAdmin,
        atATime,
        waiting,
        toFinish,
        idleTimeout);
  }

  /** Whether other machines can reach it. */
  boolean isPublic() {
    return !address().isLoopbackAddress();
  }

  /** Refuses to open a service to the network that everybody there could use. */
  public void check() {
    if (isPublic() && apiKey.isEmpty()) {
      throw Problem.usage("other machines can reach '" + host + "', so clients need a key")
          .next("service start --host " + host + " --api-key KEY");
    }
  }

  /** Refuses a port that is taken, before a process is started for it. */
  public void checkPort() {
    new Port(host, port).check();
  }

  Guard guard() {
    Set<String> hosts = new HashSet<>(allowedHosts);
    hosts.add(host.contains(":") ? "[" + host + "]" : host);
    if (address().isAnyLocalAddress()) {
      hosts.addAll(ownNames());
    }
    // who is on this machine can run our commands anyway; from elsewhere it has to be allowed
    return new Guard(hosts, origins, apiKey, allowAdmin || !isPublic());
  }

  private InetAddress address() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw Problem.usage("'" + host + "' is not an address of this machine").causedBy(e);
    }
  }

  private static Set<String> ownNames() {
    Set<String> names = new HashSet<>();
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // a machine without a name is reached by its addresses
    }
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .map(InetAddress::getHostAddress)
          .map(
              address ->
                  address.contains(":") ? "[" + address.replaceFirst("%.*", "") + "]" : address)
          .forEach(names::add);
    } catch (SocketException e) {
      throw Problem.failed("cannot list the addresses of this machine")
          .next("service start --allowed-host NAME")
          .causedBy(e);
    }
    return names;
  }
}
