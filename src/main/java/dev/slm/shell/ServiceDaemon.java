package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.serve.ServiceClient;
import dev.slm.serve.ServiceOptions;
import dev.slm.serve.ServiceState;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A service in a process of its own, which has nothing of ours: no streams and no terminal. */
final class ServiceDaemon {
  private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

  private final Path folder;

  ServiceDaemon(Path folder) {
    this.folder = folder;
  }

  /** Starts it and waits until it answers. */
  ServiceState start(ServiceOptions options) {
    ServiceState starting = launch(options);
    Optional<ServiceState> state = ServiceState.await(folder);
    return state.orElseThrow(
        () ->
            Problem.failed("the service did not start")
                .why(lastWords().orElse("its process " + starting.pid() + " ended"))
                .next("service logs"));
  }

  /** Starts it and comes back at once; whoever asks for the status waits for it. */
  ServiceState launch(ServiceOptions options) {
    options.check();
    options.checkPort();
    ProcessBuilder builder = new ProcessBuilder(command(options));
    File output = output().toFile();
    builder
        .redirectInput(nothing())
        .redirectOutput(output)
        .redirectErrorStream(true)
        .directory(folder.toFile());
    // arguments are visible to everybody on the machine, the environment is not
    options.apiKey().ifPresent(key -> builder.environment().put("SLM_API_KEY", key));
    try {
      Files.createDirectories(folder);
      Process process = builder.start();
      return announce(process, options);
    } catch (IOException e) {
      throw Problem.failed("cannot start a process for the service").causedBy(e);
    }
  }

  /** Says that it is starting, unless it was faster and has said itself that it runs. */
  private ServiceState announce(Process process, ServiceOptions options) {
    ServiceState starting =
        ServiceState.of(
            process.toHandle(), ServiceState.Phase.STARTING, options.host(), options.port(), "");
    if (ServiceState.find(folder).isEmpty()) {
      starting.write(folder);
    }
    return starting;
  }

  /** Asks it to stop and waits for its end; ends it when it does not. */
  void stop(ServiceState state) {
    Optional<ProcessHandle> process = ProcessHandle.of(state.pid());
    new ServiceClient(state).stop();
    if (state.pid() == ProcessHandle.current().pid() || process.isEmpty()) {
      return;
    }
    if (!hasEnded(process.get()) && ServiceState.find(folder).isPresent()) {
      process.get().destroyForcibly();
      state.remove(folder);
    }
  }

  /** A service within another shell ends without its process: then its state is gone. */
  private boolean hasEnded(ProcessHandle process) {
    CompletableFuture<ProcessHandle> end = process.onExit();
    long limit = System.nanoTime() + LONGEST_STOP.toNanos();
    while (ServiceState.find(folder).isPresent() && System.nanoTime() < limit) {
      try {
        end.get(50, TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        // looks again whether the service has taken its state away
      } catch (ExecutionException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Problem.interrupted();
      }
    }
    return ServiceState.find(folder).isEmpty();
  }

  private Path output() {
    return folder.resolve("service.out");
  }

  private Optional<String> lastWords() {
    try {
      return Files.readString(output())
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .reduce((first, second) -> first + "; " + second);
    } catch (IOException e) {
      throw DurableFile.cannotRead(output(), e);
    }
  }

  private List<String> command(ServiceOptions options) {
    List<String> command = new ArrayList<>(ownProgram());
    command.addAll(
        List.of(
            "serve",
            "--plain",
            "--host",
            options.host(),
            "--port",
            Integer.toString(options.port()),
            "--parallel",
            Integer.toString(options.slots()),
            "--idle-timeout",
            Long.toString(options.idleTimeout().toMinutes())));
    if (!options.allowedHosts().isEmpty()) {
      command.addAll(List.of("--allowed-host", String.join(",", options.allowedHosts())));
    }
    if (!options.origins().isEmpty()) {
      command.addAll(List.of("--cors", String.join(",", options.origins())));
    }
    if (options.allowAdmin()) {
      command.add("--allow-admin");
    }
    return command;
  }

  /** Without the terminal's signals where the system has a program for that. */
  private static List<String> ownProgram() {
    List<String> command = new ArrayList<>();
    for (String name : List.of("setsid", "nohup")) {
      Path program = Path.of("/usr/bin", name);
      if (command.isEmpty() && Files.isExecutable(program)) {
        command.add(program.toString());
      }
    }
    String launcher = System.getProperty("slm.launcher", "");
    if (!launcher.isEmpty()) {
      command.add(launcher);
      return command;
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.slm.Main"));
    return command;
  }

  private static ProcessBuilder.Redirect nothing() {
    boolean isWindows = System.getProperty("os.name", "").startsWith("Windows");
    return ProcessBuilder.Redirect.from(new File(isWindows ? "NUL" : "/dev/null"));
  }
}
