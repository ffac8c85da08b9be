package dev.slm;

import dev.slm.acquire.HubSettings;
import dev.slm.acquire.ModelHub;
import dev.slm.base.Settings;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.prepare.Conversion;
import dev.slm.prepare.EngineScorer;
import dev.slm.prepare.ModelDownload;
import dev.slm.prepare.ModelImport;
import dev.slm.prepare.Preparation;
import dev.slm.prepare.RecipeConversion;
import dev.slm.profile.CatalogEntry;
import dev.slm.profile.Profiles;
import dev.slm.shell.Folders;
import dev.slm.shell.Version;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The parts that models come through, as the settings say at the moment of use. */
final class ModelParts {
  private final Folders folders;
  private final Settings settings;
  private final Map<String, String> environment;

  ModelParts(Folders folders, Settings settings, Map<String, String> environment) {
    this.folders = folders;
    this.settings = settings;
    this.environment = environment;
  }

  ModelCache cache() {
    return ModelCache.at(Path.of(settings.get(Settings.CACHE_FOLDER)));
  }

  Profiles profiles() {
    return Profiles.load(folders.config().resolve("profiles"));
  }

  ModelDownload downloads() {
    Conversion conversion = new RecipeConversion(cache(), profiles(), preparation());
    return new ModelDownload(
        cache(), profiles(), this::hub, Optional.of(conversion), Version.text());
  }

  Preparation preparation() {
    return new Preparation(
        cache(),
        profiles().families(),
        new EngineScorer(Engines::load),
        Version.text(),
        Runtime.getRuntime().availableProcessors());
  }

  ModelImport imports() {
    return new ModelImport(cache(), Version.text());
  }

  private ModelHub hub() {
    if (settings.get(Settings.HUB_OFFLINE)) {
      throw ModelDownload.offline();
    }
    HubSettings hub =
        HubSettings.of(
            settings.get(Settings.HUB_ENDPOINT),
            settings.find(Settings.HUB_TOKEN).orElse(""),
            environment);
    return ModelHub.of(hub, profiles().catalog().stream().map(CatalogEntry::repository).toList());
  }
}
