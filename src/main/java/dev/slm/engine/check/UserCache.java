package dev.slm.engine.check;

import java.nio.file.Path;

/** Where this person's programs keep what can be made again. */
public final class UserCache {
  private UserCache() {}

  public static Path folder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    String local = System.getenv("LOCALAPPDATA");
    String home = System.getProperty("user.home", ".");
    if (xdg != null && !xdg.isEmpty()) {
      return Path.of(xdg, "slm");
    }
    return local != null ? Path.of(local, "slm", "cache") : Path.of(home, ".cache", "slm");
  }
}
