package dev.slm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What holds for a cache after anything whatsoever. */
final class Invariants {
  private Invariants() {}

  /**
   * Listed models are complete and are what their manifests say; no file lies outside of a listed
   * model and of the temporary area.
   */
  static void hold(ModelCache cache, String where) throws IOException {
    List<CachedModel> models = cache.list();
    for (CachedModel model : models) {
      assertThat(model.state()).as(where).isNotEqualTo(CachedModel.State.DAMAGED);
      checkHashes(model, where);
    }
    if (!Files.exists(cache.root())) {
      return;
    }
    try (Stream<Path> files = Files.walk(cache.root())) {
      List<Path> strays =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.startsWith(cache.root().resolve(".slm")))
              .filter(file -> models.stream().noneMatch(model -> isIn(model, file)))
              .toList();
      assertThat(strays).as(where).isEmpty();
    }
  }

  static void holdAndPruneToNothing(ModelCache cache, String where) throws IOException {
    hold(cache, where);
    cache.prune();
    assertThat(cache.temporaryBytes()).as(where).isZero();
    hold(cache, where);
  }

  private static void checkHashes(CachedModel model, String where) throws IOException {
    if (model.manifest().isEmpty()) {
      // a folder of another program: whole if its weights are
      assertThat(Files.size(model.folder().resolve("model.onnx.data")))
          .as(where)
          .isEqualTo(Models.WEIGHT_BYTES);
      return;
    }
    for (Manifest.FileEntry entry : model.manifest().get().files()) {
      try (FileChannel channel = FileChannel.open(model.folder().resolve(entry.path()))) {
        assertThat(FileHashes.of(entry.path(), channel, Progress.NONE)).as(where).isEqualTo(entry);
      }
    }
  }

  /** An older version beside the newest belongs to it until it is pruned. */
  private static boolean isIn(CachedModel model, Path file) {
    return file.startsWith(model.folder()) || file.startsWith(model.folder().getParent());
  }
}
