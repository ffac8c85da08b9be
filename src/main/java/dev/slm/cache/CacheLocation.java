package dev.slm.cache;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where models are kept when nobody says otherwise: the platform's folder for data that a program
 * cannot make again by itself (a quantized model of one's own is such data, so not the folder that
 * cleaners empty).
 */
public final class CacheLocation {
  private CacheLocation() {}

  /** The place for this machine and user. */
  public static Path standard() {
    return standard(
        System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", "."));
  }

  static Path standard(Map<String, String> environment, String system, String home) {
    String name = system.toLowerCase(Locale.ROOT);
    Path base;
    if (name.startsWith("windows")) {
      base = folder(environment.get("LOCALAPPDATA"), Path.of(home, "AppData", "Local"));
    } else if (name.startsWith("mac")) {
      base = Path.of(home, "Library", "Application Support");
    } else {
      base = folder(environment.get("XDG_DATA_HOME"), Path.of(home, ".local", "share"));
    }
    return base.resolve("slm").resolve("models");
  }

  /** The XDG specification: a value that is not absolute is ignored. */
  private static Path folder(@Nullable String value, Path otherwise) {
    return value == null || value.isBlank() || !Path.of(value).isAbsolute()
        ? otherwise
        : Path.of(value);
  }
}
