package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.serve.Service;
import dev.slm.serve.ServiceState;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.ServedModels;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts, stops and watches the HTTP endpoint. */
public final class ServiceCommands implements CommandGroup, AutoCloseable {
  static final String GROUP = "Service";

  /** What shells report of a process that a TERM signal ended. */
  private static final int TERMINATED = 128 + 15;

  private static final Duration STEP = Duration.ofMillis(100);

  private final Folders folders;
  private final ServiceChoices choices;
  private final Supplier<ServedModels> models;
  private final Supplier<Downloads> downloads;
  private final BooleanSupplier endsAtOnce;
  private @Nullable Service own;

  /**
   * @param models the models of this session, which a service in this process shares
   * @param endsAtOnce whether this process ends after one command, so that a service has to live in
   *     another one
   */
  public ServiceCommands(
      Folders folders,
      Settings settings,
      Map<String, String> environment,
      Supplier<ServedModels> models,
      Supplier<Downloads> downloads,
      BooleanSupplier endsAtOnce) {
    this.folders = folders;
    this.choices = new ServiceChoices(settings, environment);
    this.models = models;
    this.downloads = downloads;
    this.endsAtOnce = endsAtOnce;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(
        start(),
        serve(),
        stop(),
        restart(),
        ServiceStatus.command(folders),
        ServiceStatus.loaded(folders),
        ServiceLogs.command(folders));
  }

  private CommandSpec start() {
    return ServiceChoices.declare(CommandSpec.named("service start").aliases("server start"))
        .flag("--detach", "in a process of its own, which stays when this one ends")
        .says("Starts the HTTP endpoint for OpenAI's and Foundry Local's clients.")
        .more(
            """
            At the prompt the service shares the loaded models of the shell and ends with it, unless
            you say --detach. As a single command it always runs in a process of its own.""")
        .example("service start", "on http://127.0.0.1:5273")
        .example("service start --host 0.0.0.0 --api-key KEY", "for other machines, with a key")
        .runs(this::start);
  }

  private CommandSpec serve() {
    return ServiceChoices.declare(CommandSpec.named("serve").aliases("service run"))
        .says("Serves in the foreground until Ctrl-C.")
        .example("serve --port 8080", "on http://127.0.0.1:8080")
        .runs(
            call -> {
              serveHere(call);
              call.screen().note("Ctrl-C stops it");
              while (!running().awaitEnd(STEP)) {
                if (call.isCancelled()) {
                  if (running().answering() > 0) {
                    call.screen().note("stopping; running answers get a moment to finish");
                  }
                  stopOwn();
                }
              }
            });
  }

  private void start(Call call) throws IOException, InterruptedException {
    Optional<ServiceState> there = ServiceState.find(folders.state());
    if (there.isPresent()) {
      call.screen().line("service is already running on " + there.get().url());
      int asked = call.whole("port", there.get().port());
      if (asked != there.get().port() && asked != 0) {
        call.screen().note("to move it: service restart --port " + asked);
      }
    } else if (endsAtOnce.getAsBoolean() || call.flag("detach")) {
      ServiceState started = daemon().start(choices.read(call));
      call.screen().line(startedLine(started));
    } else {
      serveHere(call);
    }
  }

  private void serveHere(Call call) {
    Optional<ServiceState> there = ServiceState.find(folders.state());
    if (there.isPresent() && there.get().pid() != ProcessHandle.current().pid()) {
      throw Problem.of(Problem.Status.BUSY, "a service is running on " + there.get().url())
          .next("service stop");
    }
    Service service =
        Service.start(choices.read(call), models.get(), downloads.get(), folders.state());
    own = service;
    endOnSignal(service);
    call.screen().line("service is running on " + service.url());
  }

  /**
   * Ends the service before the process. A shutdown hook would come too late: the native runtime
   * has one too, all run at once, and answers would lose their model while they are written.
   */
  private static void endOnSignal(Service service) {
    Runnable end =
        () ->
            Thread.ofPlatform()
                .name("service-stop")
                .start(
                    () -> {
                      service.close();
                      Runtime.getRuntime().exit(TERMINATED);
                    });
    for (String signal : List.of("TERM", "HUP")) {
      Signals.register(signal, end);
    }
  }

  private CommandSpec stop() {
    return CommandSpec.named("service stop")
        .aliases("server stop")
        .group(GROUP)
        .says("Stops the service; answers that are being written may finish for a moment.")
        .runs(
            call ->
                call.screen().line(stopAny() ? "service is stopped" : "service is not running"));
  }

  private CommandSpec restart() {
    return ServiceChoices.declare(CommandSpec.named("service restart").aliases("server restart"))
        .flag("--detach", "in a process of its own, which stays when this one ends")
        .says("Stops the service and starts it again.")
        .runs(
            call -> {
              stopAny();
              start(call);
            });
  }

  /** Stops the service of this process, if there is one. */
  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }

  /** Stops the service wherever it runs; false when there is none. */
  private boolean stopAny() {
    if (own != null && !isOver(own)) {
      stopOwn();
      return true;
    }
    Optional<ServiceState> state = ServiceState.await(folders.state());
    state.ifPresent(daemon()::stop);
    return state.isPresent();
  }

  private static boolean isOver(Service service) {
    try {
      return service.awaitEnd(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.interrupted();
    }
  }

  private void stopOwn() {
    running().close();
  }

  private Service running() {
    if (own == null) {
      throw new IllegalStateException("no service was started in this process");
    }
    return own;
  }

  private ServiceDaemon daemon() {
    return new ServiceDaemon(folders.state());
  }

  private static String startedLine(ServiceState started) {
    return "service is running on %s (pid %d)".formatted(started.url(), started.pid());
  }
}
