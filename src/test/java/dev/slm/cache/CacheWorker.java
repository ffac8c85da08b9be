package dev.slm.cache;

import dev.slm.base.Problem;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** A process that adds, replaces, lists and removes models as fast as it can. */
final class CacheWorker {
  private CacheWorker() {}

  public static void main(String[] args) throws IOException {
    ModelCache cache = ModelCache.at(Path.of(args[0]));
    Random random = new Random(Long.parseLong(args[1]));
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      String alias = "model" + random.nextInt(3);
      if (random.nextInt(3) > 0) {
        add(cache, alias, random.nextInt());
      } else {
        cache.find(alias).ifPresent(cache::remove);
      }
      for (CachedModel model : cache.list()) {
        if (model.state() != CachedModel.State.READY) {
          throw new IllegalStateException("round " + i + " saw " + model);
        }
      }
    }
  }

  /** Another process may remove the model before this one could even look at it. */
  private static void add(ModelCache cache, String alias, long seed) throws IOException {
    try {
      Models.add(cache, alias, Precision.INT4, seed);
    } catch (Problem e) {
      if (e.status() != Problem.Status.BUSY) {
        throw e;
      }
    }
  }
}
