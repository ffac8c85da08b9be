package dev.slm.prepare;

import dev.slm.acquire.HubSettings;
import dev.slm.acquire.Limits;
import dev.slm.acquire.ModelHub;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.ModelCache;
import dev.slm.profile.Profiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A process that downloads the checkpoint of a hub into a cache and says what it does. */
final class DownloadWorker {
  private DownloadWorker() {}

  public static void main(String[] arguments) {
    HubSettings settings =
        HubSettings.of(arguments[1], "", Map.of())
            .with(Limits.quick(Duration.ofSeconds(20), 16 * 1024));
    ModelDownload download =
        new ModelDownload(
            ModelCache.at(Path.of(arguments[0])),
            Profiles.shipped(),
            () -> ModelHub.of(settings, List.of()),
            Optional.empty(),
            "test");
    try {
      Wanted raw = new Wanted("acme/tiny", Optional.empty(), Optional.empty(), true);
      System.out.println("got " + download.bring(raw, new Told()).name());
    } catch (Problem problem) {
      System.out.println(problem.what() + " " + problem.why());
      System.exit(problem.status().code());
    }
  }

  /** Prints notes at once. */
  private static final class Told implements Progress {
    @Override
    public void note(String line) {
      System.out.println(line);
    }

    @Override
    public void warn(String line) {
      System.out.println(line);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }
}
