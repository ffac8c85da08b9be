package dev.slm;

import dev.slm.acquire.HubSettings;
import dev.slm.acquire.ModelHub;
import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.Settings;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.engine.LoadSettings;
import dev.slm.model.Manifest;
import dev.slm.prepare.Conversion;
import dev.slm.prepare.EngineScorer;
import dev.slm.prepare.ModelDownload;
import dev.slm.prepare.ModelImport;
import dev.slm.prepare.Preparation;
import dev.slm.prepare.RecipeConversion;
import dev.slm.prepare.Wanted;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import dev.slm.serve.work.Downloads;
import dev.slm.serve.work.ServedModels;
import dev.slm.session.LoadRequest;
import dev.slm.session.LoadedModels;
import dev.slm.session.MemoryLimits;
import dev.slm.session.ModelInMemory;
import dev.slm.session.ModelSource;
import dev.slm.session.Session;
import dev.slm.shell.CatalogDownloads;
import dev.slm.shell.Folders;
import dev.slm.shell.Lazy;
import dev.slm.shell.Version;
import dev.slm.text.PromptTemplate;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The parts that models come through, as the settings say at the moment of use. */
final class ModelParts implements AutoCloseable {
  /** The setting that leaves the engine to the model. */
  private static final String AUTO = "auto";

  private final Folders folders;
  private final Settings settings;
  private final Map<String, String> environment;
  private final Lazy<LoadedModels> loaded = Lazy.of(this::load);
  private final Lazy<Session> session = Lazy.of(() -> new Session(loaded.get()));

  ModelParts(Folders folders, Settings settings, Map<String, String> environment) {
    this.folders = folders;
    this.settings = settings;
    this.environment = environment;
  }

  ModelCache cache() {
    return ModelCache.at(Path.of(settings.get(Settings.CACHE_FOLDER)));
  }

  Profiles profiles() {
    return Profiles.load(folders.profiles());
  }

  /** Ours and those that the user added. */
  Engines engines() {
    return Engines.load(folders.engines());
  }

  /** The models in memory: one set for the shell and for a service in this process. */
  LoadedModels loaded() {
    return loaded.get();
  }

  private LoadedModels load() {
    int minutes = settings.get(Settings.TTL_MINUTES);
    Duration keepAlive = minutes == 0 ? LoadRequest.FOR_EVER : Duration.ofMinutes(minutes);
    return new LoadedModels(
        (name, _) -> place(name),
        engines(),
        MemoryLimits.ofMachine().withKeepAlive(keepAlive),
        Clock.systemUTC());
  }

  /** Loaded models that nobody uses now. */
  List<ModelInMemory> idle() {
    return loaded.isMade()
        ? loaded.get().list().stream().filter(model -> model.users() == 0).toList()
        : List.of();
  }

  ModelSource.Place place(String name) {
    if (cache().find(name).isEmpty()) {
      throw notCached(name);
    }
    CachedModel model = cache().resolve(name);
    cache().touch(model);
    return place(model);
  }

  /** The place of a model, found by its name or folder; empty when the cache does not have it. */
  Optional<ModelSource.Place> known(String nameOrFolder) {
    Path folder = Path.of(nameOrFolder).toAbsolutePath().normalize();
    return cache().list().stream()
        .filter(model -> model.folder().equals(folder))
        .findFirst()
        .or(() -> cache().find(nameOrFolder))
        .map(this::place);
  }

  private ModelSource.Place place(CachedModel model) {
    String engine = settings.get(Settings.ENGINE);
    return new ModelSource.Place(
        model.name(),
        model.folder(),
        () -> patterns(model.family()),
        Optional.of(engine).filter(name -> !name.equals(AUTO)),
        LoadSettings.DEFAULT
            .withThreads(settings.get(Settings.THREADS))
            .withMaxContext(settings.get(Settings.CONTEXT_LENGTH)),
        () -> {});
  }

  /** How a family's models take messages, when a model does not say it itself. */
  private List<PromptTemplate> patterns(String name) {
    return profiles().families().stream()
        .filter(family -> family.name().equals(name) || family.runtimeType().equals(name))
        .flatMap(family -> family.promptTemplates().stream())
        .map(
            template ->
                new PromptTemplate(
                    template.mark(),
                    template.system(),
                    template.user(),
                    template.assistant(),
                    template.prompt()))
        .toList();
  }

  private Problem notCached(String name) {
    return profiles().find(name).isPresent()
        ? Problem.usage("'" + name + "' is not in the cache yet").next("model download " + name)
        : Nearest.unknown("model", name, names(), "model list");
  }

  /** The state of this shell. */
  Session session() {
    return session.get();
  }

  /** The state of this shell, if anything was loaded or said yet. */
  Optional<Session> openSession() {
    return session.isMade() ? Optional.of(session.get()) : Optional.empty();
  }

  /** The model that the shell talks to; makes nothing that is not there yet. */
  Optional<String> talkedTo() {
    return openSession().flatMap(Session::model);
  }

  /** Makes a known model runnable that is not; leaves the rest to whoever loads it. */
  void prepare(String name, Progress progress) {
    boolean isReady =
        cache().find(name).filter(model -> model.kind() == Manifest.Kind.MODEL).isPresent();
    if (isReady) {
      beginEngine();
    } else if (profiles().find(name).isPresent()) {
      progress.note("'" + name + "' is not in the cache yet: preparing it, once");
      var _ = downloads().bring(Wanted.of(name), progress);
    }
  }

  /** Loads what models of an engine share while others look into the model's folder. */
  private void beginEngine() {
    Thread.ofPlatform()
        .daemon()
        .name("slm-engine-start")
        .start(
            () -> {
              try {
                engines().find(Engines.DEFAULT).start();
              } catch (RuntimeException _) {
                // told when the model is loaded, unless the program ends
              }
            });
  }

  /** Names of the cache, then those of the catalog. */
  List<String> names() {
    Stream<String> cached = cache().list().stream().map(CachedModel::name);
    Stream<String> known = profiles().catalog().stream().map(CatalogEntry::alias);
    return Stream.concat(cached, known).distinct().toList();
  }

  /** What a service lets its clients ask. */
  ServedModels served() {
    return new ServedModels(cache(), loaded());
  }

  /** What clients of a service may fetch. */
  Downloads offers() {
    return new CatalogDownloads(this::profiles, this::downloads);
  }

  ModelDownload downloads() {
    return downloads(Optional.empty());
  }

  private ModelDownload downloads(Optional<String> token) {
    Conversion conversion = new RecipeConversion(cache(), profiles(), preparation());
    return new ModelDownload(
        cache(), profiles(), () -> hub(token), Optional.of(conversion), Version.text());
  }

  Preparation preparation() {
    return new Preparation(
        cache(),
        profiles().families(),
        new EngineScorer(this::engines),
        Version.text(),
        Runtime.getRuntime().availableProcessors());
  }

  /** Frees the models in memory. */
  @Override
  public void close() {
    if (loaded.isMade()) {
      loaded.get().close();
    }
  }

  ModelImport imports() {
    return new ModelImport(cache(), profiles().families(), Version.text());
  }

  private ModelHub hub(Optional<String> token) {
    if (settings.get(Settings.HUB_OFFLINE)) {
      throw ModelDownload.offline();
    }
    HubSettings hub =
        HubSettings.of(
            settings.get(Settings.HUB_ENDPOINT),
            token.or(() -> settings.find(Settings.HUB_TOKEN)).orElse(""),
            environment);
    return ModelHub.of(hub, profiles().catalog().stream().map(CatalogEntry::repository).toList());
  }
}
