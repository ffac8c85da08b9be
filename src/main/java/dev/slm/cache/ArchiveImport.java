package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One reading of an archive, from its first byte to its last. */
final class ArchiveImport {
  private final String source;
  private final TarReader tar;
  private final ModelCache cache;
  private final Progress progress;
  private final byte[] buffer = new byte[FileHashes.BUFFER_BYTES];
  private final List<Pending> pending = new ArrayList<>();
  private final List<CachedModel> models = new ArrayList<>();

  private record Pending(Staging staging, Manifest manifest) {}

  ArchiveImport(String source, TarReader tar, ModelCache cache, Progress progress) {
    this.source = source;
    this.tar = tar;
    this.cache = cache;
    this.progress = progress;
  }

  List<CachedModel> run(long total) throws IOException {
    progress.start("unpacking", total, Progress.Unit.BYTES);
    try {
      for (ModelArchive.Listed listed : ModelArchive.parseIndex(source, tar)) {
        model(listed);
      }
      if (tar.next().isPresent()) {
        throw Problem.badFile("'" + source + "' has files that no manifest names");
      }
      for (Pending each : pending) {
        models.add(each.staging.commitVerified(each.manifest));
      }
      return List.copyOf(models);
    } finally {
      pending.forEach(each -> each.staging.close());
    }
  }

  private void model(ModelArchive.Listed listed) throws IOException {
    entry(listed.folder() + "/" + Manifest.FILE_NAME);
    byte[] json = ModelArchive.manifestBytes(tar);
    if (!FileHashes.sha256(json).equals(listed.manifestSha256())) {
      throw changed(listed.folder() + "/" + Manifest.FILE_NAME);
    }
    Manifest manifest = ManifestFile.parse(source, json);
    Optional<CachedModel> present = present(manifest);
    if (present.isPresent()) {
      progress.note("'" + manifest.name() + "' was there already");
      models.add(present.get());
      skip(listed, manifest);
      return;
    }
    Staging staging = cache.stage(listed.publisher(), manifest.name());
    pending.add(new Pending(staging, manifest));
    for (Manifest.FileEntry file : manifest.files()) {
      unpack(listed.folder() + "/" + file.path(), file, staging.folder());
    }
  }

  private Optional<CachedModel> present(Manifest manifest) {
    return cache.list().stream()
        .filter(model -> model.name().equals(manifest.name()))
        .filter(model -> model.state() == CachedModel.State.READY)
        .filter(model -> model.manifest().orElseThrow().files().equals(manifest.files()))
        .findFirst();
  }

  private void skip(ModelArchive.Listed listed, Manifest manifest) throws IOException {
    for (Manifest.FileEntry file : manifest.files()) {
      entry(listed.folder() + "/" + file.path());
    }
  }

  private void unpack(String name, Manifest.FileEntry expected, Path folder) throws IOException {
    TarReader.Entry entry = entry(name);
    Path file = SafePath.resolve(folder, source, expected.path());
    if (entry.size() != expected.size()) {
      throw changed(name);
    }
    Path parent = file.getParent();
    if (parent != null) {
      Folders.create(parent);
    }
    FileHashes hashes = new FileHashes();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      int count;
      while ((count = tar.read(buffer)) >= 0) {
        progress.checkCancelled();
        hashes.add(buffer, 0, count);
        write(channel, ByteBuffer.wrap(buffer, 0, count), file);
        progress.advance(count);
      }
      channel.force(true);
    }
    if (!hashes.entry(expected.path()).equals(expected)) {
      throw changed(name);
    }
  }

  private static void write(FileChannel channel, ByteBuffer left, Path file) {
    try {
      while (left.hasRemaining()) {
        channel.write(left);
      }
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    }
  }

  private TarReader.Entry entry(String name) throws IOException {
    TarReader.Entry entry =
        tar.next()
            .orElseThrow(() -> Problem.badFile("'" + source + "' ends before '" + name + "'"));
    if (!entry.name().equals(name)) {
      throw Problem.badFile("'" + source + "' has another file where '" + name + "' should be")
          .why("nothing was imported");
    }
    return entry;
  }

  private Problem changed(String name) {
    return Problem.badFile("'" + name + "' in '" + source + "' is not what its hash says")
        .why("nothing was imported; the copy of the archive is damaged");
  }
}
