package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.acquire.FaultHub;
import dev.slm.acquire.HubSettings;
import dev.slm.acquire.Limits;
import dev.slm.acquire.ModelHub;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.fault.MemoryFolder;
import dev.slm.fault.Sweep;
import dev.slm.profile.Profiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills and fills the disk at every file operation of a download. */
class DownloadFaultTest {
  private static final int PART = 4 * 1024;
  private static final Profiles PROFILES = Profiles.shipped();

  @TempDir(factory = MemoryFolder.class)
  private Path folder;

  @Test
  void theCacheHasTheWholeModelOrNoneAndTheSameCommandGoesOn() throws IOException {
    try (FaultHub server = new FaultHub()) {
      server.commit(ModelDownloadTest.checkpoint(2 * PART));
      HubSettings settings =
          HubSettings.of(server.endpoint(), "", Map.of())
              .with(Limits.quick(Duration.ofSeconds(20), PART));
      ModelHub hub = ModelHub.of(settings, List.of());

      int faults =
          Sweep.exhaust(
              folder,
              _ -> {},
              cache -> download(hub, cache),
              (cache, where) -> {
                for (CachedModel model : ModelCache.at(cache).list()) {
                  assertThat(model.state()).as(where).isEqualTo(CachedModel.State.READY);
                }
                CachedModel model = download(hub, cache);
                assertThat(ModelCache.at(cache).verify(model, Progress.NONE).isGood())
                    .as(where)
                    .isTrue();
                ModelCache.at(cache).prune();
                assertThat(ModelCache.at(cache).temporaryBytes()).as(where).isZero();
              });

      assertThat(faults).isGreaterThan(100);
    }
  }

  private static CachedModel download(ModelHub hub, Path cache) {
    ModelDownload download =
        new ModelDownload(ModelCache.at(cache), PROFILES, () -> hub, Optional.empty(), "test");
    Wanted raw = new Wanted("acme/tiny", Optional.empty(), Optional.empty(), true);
    return download.bring(raw, Progress.NONE);
  }
}
