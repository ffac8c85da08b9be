package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.fault.Sweep;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.profile.Profiles;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills and fills the disk at every file operation of a conversion. */
class ConversionFaultTest {
  @TempDir private Path folder;

  @Test
  void theCacheIsAsBeforeOrHasTheWholeModel() throws IOException {
    Path checkpoint = TinyModel.write("qwen2", folder.resolve("checkpoint"));
    List<Family> families = Profiles.shipped().families();

    AtomicInteger round = new AtomicInteger();
    int faults =
        Sweep.exhaust(
            folder,
            _ -> {},
            cache -> quantize(checkpoint, ModelCache.at(cache), families),
            (cache, where) -> {
              for (CachedModel model : ModelCache.at(cache).list()) {
                assertThat(model.state()).as(where).isEqualTo(CachedModel.State.READY);
              }
              // that the same command works afterwards is seen often enough
              if (round.getAndIncrement() % 7 == 0) {
                quantize(checkpoint, ModelCache.at(cache), families);
                assertThat(ModelCache.at(cache).resolve("tiny-int4").isRunnable())
                    .as(where)
                    .isTrue();
              }
              ModelCache.at(cache).prune();
              assertThat(ModelCache.at(cache).temporaryBytes()).as(where).isZero();
            });

    assertThat(faults).isGreaterThan(100);
  }

  private static void quantize(Path checkpoint, ModelCache cache, List<Family> families) {
    Preparation preparation =
        new Preparation(cache, families, new EngineScorer(Engines::load), "test", 1);
    Plan plan =
        preparation.plan(
            new QuantizeRequest(
                Checkpoint.find("tiny", checkpoint, cache),
                "",
                WeightOptions.of(Precision.INT4).withBlocks(16, true),
                "tiny-int4",
                Optional.empty(),
                Optional.empty(),
                QuantizeRequest.Limits.NONE,
                false));
    preparation.run(plan, Progress.NONE);
  }
}
