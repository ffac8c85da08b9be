package dev.slm;

import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.profile.Profiles;
import dev.slm.session.ModelSource;
import dev.slm.shell.BenchmarkCommands;
import dev.slm.shell.BugLog;
import dev.slm.shell.CacheCheck;
import dev.slm.shell.CacheCommands;
import dev.slm.shell.CacheFolderCommands;
import dev.slm.shell.CommandGroup;
import dev.slm.shell.ConfigCommands;
import dev.slm.shell.Console;
import dev.slm.shell.ContextCommands;
import dev.slm.shell.Contexts;
import dev.slm.shell.DoctorCommands;
import dev.slm.shell.DownloadCommands;
import dev.slm.shell.Entry;
import dev.slm.shell.EvaluateCommands;
import dev.slm.shell.Fact;
import dev.slm.shell.Folders;
import dev.slm.shell.FoundryFront;
import dev.slm.shell.LauncherCommands;
import dev.slm.shell.MachineCheck;
import dev.slm.shell.ModelListCommands;
import dev.slm.shell.PromptText;
import dev.slm.shell.QuantizeCommands;
import dev.slm.shell.Rehearsal;
import dev.slm.shell.RunCheck;
import dev.slm.shell.ServiceCommands;
import dev.slm.shell.SessionFacts;
import dev.slm.shell.Shell;
import dev.slm.shell.StatusCommands;
import dev.slm.shell.TalkCommands;
import dev.slm.shell.Text;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Puts the parts together, by hand; whatever is expensive is made on first use. */
final class App implements AutoCloseable {
  /** What the launcher starts once to make the AOT cache. */
  private static final String REHEARSE = "--rehearse";

  /** A single command of these starts a service that has to outlive it. */
  private static final Set<String> SERVICE = Set.of("service", "server");

  private final Folders folders;
  private final Settings settings;
  private final Contexts contexts;
  private final ModelParts models;
  private final Map<String, String> environment;
  private final ServiceCommands services;
  private boolean endsAtOnce;

  private App(Folders folders, Settings settings, Map<String, String> environment) {
    this.environment = environment;
    this.folders = folders;
    this.settings = settings;
    this.contexts = new Contexts(folders.config().resolve("contexts.json"), settings);
    this.models = new ModelParts(folders, settings, environment);
    this.services =
        new ServiceCommands(
            folders, settings, environment, models::served, models::offers, () -> endsAtOnce);
  }

  /** Reads the settings; nothing else happens until a command needs it. */
  static App open(Map<String, String> environment, Path home, String system) {
    Folders folders = Folders.of(environment, home, system);
    Settings settings =
        Settings.load(
            folders.settings(),
            environment,
            Map.of(Settings.CACHE_FOLDER.name(), folders.cache().toString()));
    return new App(folders, settings, environment);
  }

  static int run(List<String> words) {
    // reading JSON begins with its tables, which take a tenth of a short command's time
    Thread.ofPlatform().daemon().name("slm-numbers").start(() -> BigDecimal.ONE.signum());
    // numbers look the same on every machine: what is printed is English
    Locale.setDefault(Locale.ROOT);
    Map<String, String> environment = System.getenv();
    Path home = Path.of(System.getProperty("user.home", "."));
    try (App app = open(environment, home, System.getProperty("os.name", ""))) {
      if (words.equals(List.of(REHEARSE))) {
        Entry entry = new Entry(app.folders, app.settings, environment);
        Rehearsal.run(entry, app::shell, app.folders);
        return 0;
      }
      app.endsAtOnce = !words.isEmpty() && SERVICE.contains(words.getFirst());
      OptionalInt foundry = app.asFoundry(words);
      if (foundry.isPresent()) {
        return foundry.getAsInt();
      }
      return new Entry(app.folders, app.settings, environment).run(words, app::shell, app::prompt);
    } catch (Problem problem) {
      return told(problem);
    } catch (IOException | RuntimeException | VirtualMachineError | LinkageError e) {
      Folders folders = Folders.of(environment, home, System.getProperty("os.name", ""));
      return told(new BugLog(folders.state()).record(e, String.join(" ", words)));
    }
  }

  private static int told(Problem problem) {
    Entry.emergency().problem(problem);
    return problem.status().code();
  }

  Shell shell(Console console) {
    return new Shell(console, groups(), folders);
  }

  /** Lets go of what commands have opened. */
  @Override
  public void close() {
    // answers that are written end before their models leave memory
    services.close();
    models.close();
  }

  /** What the program does differently when it was started as {@code foundry}. */
  private OptionalInt asFoundry(List<String> words) {
    return FoundryFront.isCalled()
        ? new FoundryFront(folders, settings, models::cache, models::offers, Entry.emergency())
            .run(words)
        : OptionalInt.empty();
  }

  /** One line per area, in the order of help. */
  private List<CommandGroup> groups() {
    CacheCheck cacheCheck = new CacheCheck(models::cache);
    MeasureParts measuring = new MeasureParts(models, settings, environment);
    return List.of(
        new StatusCommands(List.of(new SessionFacts(models::openSession), this::facts)),
        new ModelListCommands(models::profiles, models::cache),
        new DownloadCommands(models::downloads, models::imports, models::profiles),
        new QuantizeCommands(models::preparation, models::cache, models::profiles),
        new CacheCommands(models::cache),
        new CacheFolderCommands(settings, models::cache),
        services,
        new TalkCommands(
            models::session,
            settings,
            models::prepare,
            models::names,
            () -> models.engines().names()),
        new BenchmarkCommands(measuring, environment),
        new EvaluateCommands(measuring, environment),
        new LauncherCommands(environment, Path.of(System.getProperty("user.home", "."))),
        new DoctorCommands(
            List.of(new MachineCheck(folders, settings), cacheCheck),
            List.of(
                cacheCheck,
                new RunCheck(folder -> models.known(folder.toString()), models::engines)),
            name -> models.known(name).map(ModelSource.Place::folder),
            models::names),
        new ContextCommands(contexts),
        new ConfigCommands(settings));
  }

  private List<Fact> facts() {
    return List.of(
        new Fact("context", contexts.current()),
        new Fact("cache", settings.get(Settings.CACHE_FOLDER)),
        new Fact("profiles", profiles()),
        new Fact("settings", folders.settings().toString()));
  }

  private String profiles() {
    Path folder = folders.profiles();
    int mine = Profiles.userFiles(folder);
    return mine == 0
        ? "those that come with slm; yours would be in " + folder
        : "those that come with slm and " + mine + " of yours in " + folder;
  }

  private Text prompt() {
    return new PromptText(contexts::current, models::talkedTo).get();
  }
}
