package dev.slm.cache;

import dev.slm.base.Problem;
import dev.slm.fault.FaultFiles;
import dev.slm.fault.Faults;
import dev.slm.model.Precision;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;

/**
 * A process that adds, replaces, lists and removes models as fast as it can. With a fourth argument
 * its locks lie, and it prunes as well: others then lose unfinished work, and nothing else.
 */
final class CacheWorker {
  private CacheWorker() {}

  public static void main(String[] args) throws IOException {
    boolean locksLie = args.length > 3;
    Path real = Path.of(args[0]);
    Path folder = locksLie ? new FaultFiles(Faults.none().withLyingLocks()).path(real) : real;
    ModelCache cache = ModelCache.at(folder);
    Random random = new Random(Long.parseLong(args[1]));
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      String alias = "model" + random.nextInt(3);
      if (random.nextInt(3) > 0) {
        add(cache, alias, random.nextInt(), locksLie);
      } else {
        remove(cache, alias, locksLie);
      }
      if (locksLie && random.nextInt(4) == 0) {
        prune(cache);
      }
      for (CachedModel model : cache.list()) {
        if (model.state() != CachedModel.State.READY) {
          throw new IllegalStateException("round " + i + " saw " + model);
        }
      }
    }
  }

  /** Another process may remove the model before this one could even look at it. */
  private static void add(ModelCache cache, String alias, long seed, boolean locksLie)
      throws IOException {
    try {
      Models.add(cache, alias, Precision.INT4, seed);
    } catch (NoSuchFileException e) {
      if (!locksLie) {
        throw e;
      }
    } catch (Problem e) {
      if (!locksLie && e.status() != Problem.Status.BUSY) {
        throw e;
      }
    }
  }

  private static void remove(ModelCache cache, String alias, boolean locksLie) {
    try {
      cache.find(alias).ifPresent(cache::remove);
    } catch (Problem e) {
      if (!locksLie) {
        throw e;
      }
    }
  }

  private static void prune(ModelCache cache) {
    try {
      cache.prune();
    } catch (Problem e) {
      // another one was in the middle of the same
    }
  }
}
