package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What reading every byte of a model says.
 *
 * @param bytes how much was read
 * @param faults files that are not what the manifest says, empty for a good model
 */
public record Verification(CachedModel model, long bytes, List<Fault> faults) {

  /**
   * One file that went bad.
   *
   * @param offset where the first bad part of {@link Manifest#PART_BYTES} begins, when it is known
   */
  public record Fault(String file, OptionalLong offset, String what) {}

  public Verification {
    faults = List.copyOf(faults);
  }

  public boolean isGood() {
    return faults.isEmpty();
  }

  static Verification of(CachedModel model, Progress progress) {
    Manifest manifest =
        model
            .manifest()
            .orElseThrow(
                () ->
                    Problem.failed("'" + model.name() + "' cannot be verified")
                        .why("no manifest says what its files should be: " + model.note())
                        .next("doctor " + model.folder()));
    progress.start("verifying " + model.name(), manifest.bytes(), Progress.Unit.BYTES);
    List<Fault> faults = new ArrayList<>();
    long bytes = 0;
    for (Manifest.FileEntry entry : manifest.files()) {
      bytes += check(model.folder(), entry, progress, faults);
    }
    return new Verification(model, bytes, faults);
  }

  private static long check(
      Path folder, Manifest.FileEntry entry, Progress progress, List<Fault> faults) {
    Path file = SafePath.resolve(folder, Manifest.FILE_NAME, entry.path());
    if (!Files.isRegularFile(file)) {
      faults.add(new Fault(entry.path(), OptionalLong.empty(), "is missing"));
      return 0;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Manifest.FileEntry found = FileHashes.of(entry.path(), channel, progress);
      if (!found.sha256().equals(entry.sha256())) {
        faults.add(difference(entry, found));
      }
      return found.size();
    } catch (NoSuchFileException _) {
      faults.add(new Fault(entry.path(), OptionalLong.empty(), "is missing"));
      return 0;
    } catch (IOException e) {
      faults.add(new Fault(entry.path(), OptionalLong.empty(), DurableFile.reason(e)));
      return 0;
    }
  }

  private static Fault difference(Manifest.FileEntry expected, Manifest.FileEntry found) {
    int part = 0;
    int common = Math.min(expected.parts().size(), found.parts().size());
    while (part < common && expected.parts().get(part).equals(found.parts().get(part))) {
      part++;
    }
    OptionalLong offset =
        part < Math.max(expected.parts().size(), found.parts().size())
            ? OptionalLong.of((long) part * Manifest.PART_BYTES)
            : OptionalLong.empty();
    String what =
        found.size() == expected.size()
            ? "has changed"
            : "has %d bytes, not %d".formatted(found.size(), expected.size());
    return new Fault(expected.path(), offset, what);
  }
}
