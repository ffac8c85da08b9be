package dev.slm.serve;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * What the file {@code service.state} says of the service of this person. Read by programs that ask
 * in a loop, hence without any library: plain lines {@code name=value}.
 *
 * @param pid the process that serves
 * @param began when that process started, to tell it from a later one with the same number
 * @param host the address it listens on
 * @param control what {@code service stop} has to send; readable by this person alone
 */
public record ServiceState(
    Phase phase, long pid, long began, String host, int port, String control) {
  /** How far the service is. */
  public enum Phase {
    STARTING,
    RUNNING
  }

  private static final String FILE_NAME = "service.state";
  private static final Duration LONGEST_START = Duration.ofSeconds(30);
  private static final int CONNECT_MILLIS = 1_000;

  /** The state of this process. */
  public static ServiceState ofThisProcess(Phase phase, String host, int port, String control) {
    return of(ProcessHandle.current(), phase, host, port, control);
  }

  /** The state of a process that was just started. */
  public static ServiceState of(
      ProcessHandle process, Phase phase, String host, int port, String control) {
    return new ServiceState(phase, process.pid(), began(process), host, port, control);
  }

  /** The service that is running or starting; empty when there is none. */
  public static Optional<ServiceState> find(Path folder) {
    return read(folder).filter(ServiceState::isAlive);
  }

  /**
   * The running service. Waits for one that is starting: clients ask a few times only, and would
   * give up before it is ready.
   */
  public static Optional<ServiceState> await(Path folder) {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    Optional<ServiceState> state = find(folder);
    while (state.filter(s -> s.phase == Phase.STARTING).isPresent() && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      state = find(folder);
    }
    return state.filter(s -> s.phase == Phase.RUNNING && s.answers());
  }

  /** Tells everybody; the file is for this person alone. */
  public void write(Path folder) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("phase", phase);
    fields.put("pid", pid);
    fields.put("began", began);
    fields.put("host", host);
    fields.put("port", port);
    fields.put("control", control);
    StringBuilder text = new StringBuilder();
    fields.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    DurableFile.writePrivate(folder.resolve(FILE_NAME), text.toString());
  }

  /** Takes the file away, unless it speaks of another process. */
  public void remove(Path folder) {
    try {
      if (read(folder).filter(state -> state.pid == pid).isPresent()) {
        Files.deleteIfExists(folder.resolve(FILE_NAME));
      }
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder.resolve(FILE_NAME), e);
    }
  }

  /** Where clients reach it: {@code http://127.0.0.1:5273}. */
  public String url() {
    return url(host, port);
  }

  /** Where clients of this machine reach a service that listens there. */
  static String url(String host, int port) {
    String address = reachable(host);
    return "http://" + (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }

  /** Since when the process runs, empty when the system does not say. */
  public Optional<Instant> since() {
    return began == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(began));
  }

  /** An address to which a client of this machine can connect. */
  private static String reachable(String host) {
    return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
  }

  private boolean isAlive() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return process.isPresent() && (began == 0 || began(process.get()) == began);
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(reachable(host), port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static long began(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  private static Optional<ServiceState> read(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Map<String, String> fields = new LinkedHashMap<>();
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split("=", 2);
        fields.put(parts[0], parts.length == 2 ? parts[1] : "");
      }
      return Optional.of(parse(fields));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    } catch (IllegalArgumentException e) {
      throw Problem.badFile("'" + file + "' is damaged").next("service start").causedBy(e);
    }
  }

  private static ServiceState parse(Map<String, String> fields) {
    return new ServiceState(
        Phase.valueOf(fields.getOrDefault("phase", "")),
        Long.parseLong(fields.getOrDefault("pid", "")),
        Long.parseLong(fields.getOrDefault("began", "0")),
        fields.getOrDefault("host", "127.0.0.1"),
        Integer.parseInt(fields.getOrDefault("port", "")),
        fields.getOrDefault("control", ""));
  }
}
