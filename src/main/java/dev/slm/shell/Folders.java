package dev.slm.shell;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where the program keeps what belongs to a person: XDG folders on Linux, the platform's places
 * elsewhere. {@code SLM_HOME} puts all of them below one folder.
 *
 * @param config settings and user profiles
 * @param state history and logs
 * @param cache the usual place of models
 */
public record Folders(Path config, Path state, Path cache) {

  public static Folders of(Map<String, String> environment, Path home, String system) {
    String own = environment.getOrDefault("SLM_HOME", "");
    if (!own.isBlank()) {
      Path root = Path.of(own).toAbsolutePath();
      return new Folders(root.resolve("config"), root.resolve("state"), root.resolve("models"));
    }
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      Path support = home.resolve("Library/Application Support/slm");
      return new Folders(support, support.resolve("state"), support.resolve("models"));
    }
    if (name.startsWith("windows")) {
      Path roaming = folder(environment, "APPDATA", home.resolve("AppData/Roaming"));
      Path local = folder(environment, "LOCALAPPDATA", home.resolve("AppData/Local"));
      return new Folders(
          roaming.resolve("slm"), local.resolve("slm/state"), local.resolve("slm/models"));
    }
    return new Folders(
        folder(environment, "XDG_CONFIG_HOME", home.resolve(".config")).resolve("slm"),
        folder(environment, "XDG_STATE_HOME", home.resolve(".local/state")).resolve("slm"),
        folder(environment, "XDG_CACHE_HOME", home.resolve(".cache")).resolve("slm/models"));
  }

  /** The standard says that a relative path there is invalid and to be ignored. */
  private static Path folder(Map<String, String> environment, String variable, Path otherwise) {
    String value = environment.getOrDefault(variable, "");
    return !value.isBlank() && Path.of(value).isAbsolute() ? Path.of(value) : otherwise;
  }

  public Path settings() {
    return config.resolve("settings.json");
  }

  /** Where people put profiles of their own; need not exist. */
  public Path profiles() {
    return config.resolve("profiles");
  }

  /** Where people put jars with engines of their own; need not exist. */
  public Path engines() {
    return config.resolve("engines");
  }

  public Path history() {
    return state.resolve("history");
  }
}
