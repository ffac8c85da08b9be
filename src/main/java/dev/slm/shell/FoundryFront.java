package dev.slm.shell;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.cache.ModelCache;
import dev.slm.serve.ServiceClient;
import dev.slm.serve.ServiceOptions;
import dev.slm.serve.ServiceState;
import dev.slm.serve.StatusAnswer;
import dev.slm.serve.work.Downloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * The program under the name {@code foundry}: what the old Foundry CLI's own clients and workshops
 * start, with the lines that it printed. All other commands are ours under the same spelling.
 */
public final class FoundryFront {
  /** The program's name as the launcher tells it. */
  public static final String NAME = "foundry";

  private static final long STANDARD_TTL_SECONDS = 600;

  private final Folders folders;
  private final Settings settings;
  private final Supplier<ModelCache> cache;
  private final Screen screen;
  private final FoundryModels models;
  private final Map<String, Function<List<String>, Integer>> commands = new LinkedHashMap<>();

  public FoundryFront(
      Folders folders,
      Settings settings,
      Supplier<ModelCache> cache,
      Supplier<? extends Downloads> downloads,
      Screen screen) {
    this.folders = folders;
    this.settings = settings;
    this.cache = cache;
    this.screen = screen;
    this.models = new FoundryModels(cache, downloads, screen);
    commands.put("service start", _ -> start());
    commands.put("service stop", _ -> stop());
    commands.put("service restart", _ -> stop() + start());
    commands.put("service status", _ -> status());
    commands.put("service ps", _ -> loaded());
    commands.put("service list", _ -> loaded());
    commands.put("service set", this::set);
    commands.put("service diag", _ -> status());
    commands.put("cache location", _ -> models.location());
    commands.put("cache ls", _ -> models.cached());
    commands.put("cache list", _ -> models.cached());
    commands.put("cache cd", this::changeFolder);
    commands.put("cache remove", models::remove);
    commands.put("model ls", models::list);
    commands.put("model list", models::list);
    commands.put("model load", this::load);
    commands.put("model unload", this::unload);
  }

  /** Whether the program was started under that name. */
  public static boolean isCalled() {
    return System.getProperty("slm.program", "").equals(NAME);
  }

  /** Runs what differs from our own commands; empty when our shell is to run the words. */
  public OptionalInt run(List<String> words) {
    if (words.size() < 2 || words.contains("--help")) {
      return OptionalInt.empty();
    }
    Function<List<String>, Integer> command = commands.get(words.get(0) + " " + words.get(1));
    // what the old program did not have, such as --json, is ours
    boolean isOurs = words.get(0).equals("model") && !FoundryModels.isOldList(words);
    if (command == null || (isOurs && words.get(1).matches("ls|list"))) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of(command.apply(words.subList(2, words.size())));
    } catch (Problem problem) {
      screen.problem(problem);
      return OptionalInt.of(problem.status().code());
    }
  }

  /** Comes back at once: clients wait for the end of this process, then ask for the status. */
  private int start() {
    Optional<ServiceState> there = ServiceState.find(folders.state());
    if (there.isPresent()) {
      screen.line("🟢 Service is already running on " + there.get().url() + "/.");
      return 0;
    }
    ServiceOptions options = ServiceOptions.DEFAULT.withPort(settings.get(Settings.SERVICE_PORT));
    ServiceDaemon daemon = new ServiceDaemon(folders.state());
    ServiceState started =
        // which port is free is known only when the service has taken it
        options.port() == 0 ? daemon.start(options) : daemon.launch(options);
    screen.line("🟢 Service is Started on %s/, PID %d!".formatted(started.url(), started.pid()));
    return 0;
  }

  private int stop() {
    ServiceState.await(folders.state()).ifPresent(new ServiceDaemon(folders.state())::stop);
    screen.line("🔴 Service is stopped.");
    return 0;
  }

  private int status() {
    StatusAnswer answer = StatusAnswer.now(true, folders.state());
    answer.text().lines().forEach(screen::line);
    return answer.exitStatus();
  }

  private int loaded() {
    JsonNode list = new ServiceClient(running()).loaded();
    if (list.isEmpty()) {
      screen.line("No models are currently loaded in the service");
      return 0;
    }
    screen.line("Models running in service:");
    Table table = Table.of("Alias", "Model ID");
    for (JsonNode model : list) {
      String name = model.path("name").asString();
      table.row("🟢 " + models.alias(name), name);
    }
    screen.table(table);
    return 0;
  }

  private int set(List<String> words) {
    for (int i = 0; i + 1 < words.size(); i++) {
      switch (words.get(i)) {
        case "--port" -> settings.set(Settings.SERVICE_PORT, words.get(i + 1));
        case "--cachedir" ->
            settings.set(
                Settings.CACHE_FOLDER, Path.of(words.get(i + 1)).toAbsolutePath().toString());
        default -> {}
      }
    }
    screen.json(shown());
    return 0;
  }

  private Map<String, Object> shown() {
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("host", settings.get(Settings.SERVICE_HOST));
    service.put("port", settings.get(Settings.SERVICE_PORT));
    service.put("cacheDirectoryPath", cache.get().root().toString());
    service.put("schema", "http");
    service.put("pipeName", "");
    service.put("defaultSecondsForModelTTL", STANDARD_TTL_SECONDS);
    service.put("initialConnectionTimeoutInSeconds", 6);
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("defaultLogLevel", 2);
    shown.put("serviceSettings", service);
    return shown;
  }

  /** The models stay where they are; a running service moves to the new folder. */
  private int changeFolder(List<String> words) {
    Path folder = Path.of(FoundryModels.name(words)).toAbsolutePath().normalize();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(folder, e);
    }
    settings.set(Settings.CACHE_FOLDER, folder.toString());
    if (ServiceState.await(folders.state()).isEmpty()) {
      return models.location();
    }
    screen.line("Restarting service...");
    return stop() + start();
  }

  private int load(List<String> words) {
    String name = FoundryModels.name(words);
    if (!models.knows(name)) {
      return models.unknown(name);
    }
    screen.line("🕗 Loading model...");
    new ServiceClient(running()).load(name, ttl(words));
    screen.line("🟢 Model " + name + " loaded successfully");
    return 0;
  }

  private int unload(List<String> words) {
    String name = FoundryModels.name(words);
    if (!models.knows(name)) {
      return models.unknown(name);
    }
    new ServiceClient(running()).unload(name);
    screen.line("Model " + name + " was unloaded successfully");
    return 0;
  }

  private static long ttl(List<String> words) {
    int option = words.indexOf("--ttl");
    if (option < 0 || option + 1 >= words.size()) {
      return STANDARD_TTL_SECONDS;
    }
    String text = words.get(option + 1);
    if (!text.matches("[0-9]{1,6}")) {
      throw Problem.usage("'" + text + "' is not a number of seconds");
    }
    return Long.parseLong(text);
  }

  private ServiceState running() {
    return ServiceState.await(folders.state())
        .orElseThrow(
            () ->
                Problem.of(Problem.Status.UNREACHABLE, "the service is not running")
                    .next("foundry service start"));
  }
}
