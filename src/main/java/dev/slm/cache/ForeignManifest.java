package dev.slm.cache;

import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A manifest for a folder that another program made, from what its own files say. */
final class ForeignManifest {
  private ForeignManifest() {}

  static Manifest of(CachedModel model, Progress progress) throws IOException {
    return facts(model).withFiles(hashed(model, progress));
  }

  private static Manifest facts(CachedModel model) {
    return new Manifest(
        Manifest.FORMAT,
        model.name(),
        model.alias(),
        model.kind(),
        model.precision().orElse(null),
        model.family(),
        model.parameters(),
        model.contextLength(),
        new Manifest.Source(model.publisher() + "/" + model.name(), ""),
        "",
        Map.of(),
        model.licence(),
        "",
        Instant.now(),
        Map.of(),
        List.of());
  }

  private static List<Manifest.FileEntry> hashed(CachedModel model, Progress progress)
      throws IOException {
    progress.start("checking files", model.bytes(), Progress.Unit.BYTES);
    List<Manifest.FileEntry> entries = new ArrayList<>();
    for (String name : Folders.plainFiles(model.folder())) {
      if (!name.equals(Manifest.FILE_NAME)) {
        try (FileChannel channel =
            FileChannel.open(
                SafePath.resolve(model.folder(), model.name(), name), StandardOpenOption.READ)) {
          entries.add(FileHashes.of(name, channel, progress));
        }
      }
    }
    return entries;
  }
}
