package dev.slm.serve;

import dev.slm.base.Problem;
import dev.slm.serve.foundry.FoundryEndpoint;
import dev.slm.serve.http.Answered;
import dev.slm.serve.http.Guard;
import dev.slm.serve.http.Limits;
import dev.slm.serve.http.Response;
import dev.slm.serve.http.Router;
import dev.slm.serve.http.WebServer;
import dev.slm.serve.openai.Answering;
import dev.slm.serve.openai.ModelsEndpoint;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.Metrics;
import dev.slm.serve.work.ServedModels;
import dev.slm.serve.work.Slots;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The HTTP endpoint: OpenAI's and Foundry Local's protocols, health and metrics. */
public final class Service implements AutoCloseable {
  private final Path stateFolder;
  private final Duration grace;
  private final ServiceLog log;
  private final Slots slots;
  private final WebServer server;
  private final ServiceState state;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final FoundryEndpoint foundry;
  private final AtomicLong lastRequest = new AtomicLong(System.nanoTime());

  private Service(
      ServiceOptions options, ServedModels models, Downloads downloads, Path stateFolder) {
    this.stateFolder = stateFolder;
    this.grace = options.grace();
    this.log = ServiceLog.in(stateFolder);
    this.slots = new Slots(options.slots(), options.queue());
    String control = HexFormat.of().formatHex(new SecureRandom().generateSeed(16));
    Metrics metrics = new Metrics();
    Router router = new Router();
    this.foundry = new FoundryEndpoint(models, downloads, this::url);
    addRoutes(router, models, metrics, new Control(control, models.loaded(), this::stopSoon));
    foundry.addTo(router);
    this.server = listen(options, router, metrics);
    this.state =
        ServiceState.ofThisProcess(
            ServiceState.Phase.RUNNING, options.host(), server.port(), control);
    addGauges(metrics, models);
  }

  /** Starts to serve; a problem says why it cannot. */
  public static Service start(
      ServiceOptions options, ServedModels models, Downloads downloads, Path stateFolder) {
    options.check();
    Service service = new Service(options, models, downloads, stateFolder);
    service.state.write(stateFolder);
    service.log.line("started on " + service.url());
    Thread.ofPlatform().daemon().name("service-warm").start(service.foundry::warm);
    if (!options.idleTimeout().isZero()) {
      Thread.ofPlatform()
          .daemon()
          .name("service-idle")
          .start(() -> service.stopWhenIdle(options.idleTimeout()));
    }
    return service;
  }

  public int port() {
    return server.port();
  }

  /** Where clients of this machine reach it: {@code http://127.0.0.1:5273}. */
  public String url() {
    return state.url();
  }

  /** Waits until somebody stops the service; false when that takes longer than the given time. */
  public boolean awaitEnd(Duration time) throws InterruptedException {
    return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Answers that are being written; stopping lets them finish for a moment. */
  public int answering() {
    return slots.running();
  }

  /** Lets running answers finish for a moment, tells the others, and ends. */
  @Override
  public void close() {
    synchronized (ended) {
      if (ended.getCount() == 0) {
        return;
      }
      server.stop(grace);
      state.remove(stateFolder);
      log.line("stopped");
      log.close();
      ended.countDown();
    }
  }

  private void addRoutes(Router router, ServedModels models, Metrics metrics, Control control) {
    Answering answering = new Answering(models, slots, metrics);
    ModelsEndpoint list = new ModelsEndpoint(models);
    router
        .add("GET", "/health", Router.Access.OPEN, Service::health)
        .add(
            "GET",
            "/metrics",
            Router.Access.KEY,
            (_, response) ->
                response.send(200, "text/plain; version=0.0.4; charset=utf-8", metrics.text()))
        .add("GET", "/v1/models", Router.Access.KEY, list::list)
        .add("GET", "/v1/models/{id}", Router.Access.KEY, list::one)
        .add("GET", "/v1/models/{owner}/{name}", Router.Access.KEY, list::ofOwner)
        .add("POST", "/v1/chat/completions", Router.Access.KEY, answering::chat)
        .add(
            "POST",
            "/v1/chat/completions/tokenizer/encode/count",
            Router.Access.KEY,
            answering::count)
        .add("POST", "/v1/completions", Router.Access.KEY, answering::complete);
    control.addTo(router);
  }

  private static void health(Object request, Response response) throws IOException {
    response.json(200, Map.of("status", "ok"));
  }

  private void addGauges(Metrics metrics, ServedModels models) {
    metrics.gauge("slm.connections", "Open connections.", server::connections);
    metrics.gauge("slm.slots.running", "Slots in use.", slots::running);
    metrics.gauge("slm.slots.waiting", "Requests that wait for a slot.", slots::waiting);
    metrics.gauge("slm.models.loaded", "Models in memory.", () -> models.loaded().list().size());
    metrics.gauge(
        "slm.models.memory.bytes",
        "Memory that the loaded models hold.",
        () -> models.loaded().list().stream().mapToLong(model -> model.memoryBytes()).sum());
    Runtime runtime = Runtime.getRuntime();
    metrics.gauge(
        "slm.heap.bytes", "Java heap in use.", () -> runtime.totalMemory() - runtime.freeMemory());
  }

  private WebServer listen(ServiceOptions options, Router router, Metrics metrics) {
    Guard guard = options.guard();
    Answered.Listener listener =
        request -> {
          lastRequest.set(System.nanoTime());
          metrics.answered(request);
          log.answered(request);
        };
    Port port = new Port(options.host(), options.port());
    try {
      return WebServer.start(port.address(), router, guard, Limits.DEFAULT, listener, log::failed);
    } catch (UnknownHostException e) {
      throw Problem.usage("'" + options.host() + "' is not an address of this machine").causedBy(e);
    } catch (BindException e) {
      throw port.taken(e);
    } catch (IOException e) {
      throw Problem.failed("cannot listen on port " + options.port()).causedBy(e);
    }
  }

  /** After the answer to whoever asked for it. */
  private void stopSoon() {
    Thread.ofPlatform().name("service-stop").start(this::close);
  }

  private void stopWhenIdle(Duration timeout) {
    try {
      while (!awaitEnd(timeout.dividedBy(10).plusMillis(1))) {
        boolean idle = System.nanoTime() - lastRequest.get() > timeout.toNanos();
        if (idle && slots.running() == 0) {
          log.line("nobody asked for " + timeout.toMinutes() + " minutes");
          close();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
