package dev.slm.cache;

import dev.slm.base.DurableFile;
import dev.slm.base.Json;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.model.Manifest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models in one file, for machines without a network. A tar archive whose first entry lists the
 * models with the hashes of their manifests; a manifest stands before its files and has their
 * hashes. So every byte is checked, in one pass, and unpacking with {@code tar} into a cache works
 * as well.
 */
public final class ModelArchive {
  static final String INDEX = "slm_archive.json";

  private static final int FORMAT = 1;
  private static final int LARGEST_INDEX = 1 << 20;
  private static final int LARGEST_MANIFEST = 16 << 20;

  private ModelArchive() {}

  /** What an archive says of one model. */
  record Listed(String folder, String manifestSha256) {
    String publisher() {
      return folder.substring(0, folder.indexOf('/'));
    }
  }

  /** Writes models to a new file, checking each byte against the manifest on the way. */
  public static void write(Path file, List<CachedModel> models, Progress progress) {
    if (Files.exists(file)) {
      throw Problem.usage("'" + file + "' exists").why("an archive is not written over a file");
    }
    Path absolute = file.toAbsolutePath();
    Path temporary =
        absolute.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    boolean isDone = false;
    try {
      writeTo(temporary, models, progress);
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
      isDone = true;
      Path folder = absolute.getParent();
      if (folder != null) {
        DurableFile.syncFolder(folder);
      }
    } catch (IOException e) {
      throw DurableFile.cannotWrite(file, e);
    } finally {
      if (!isDone) {
        deleteQuietly(temporary);
      }
    }
  }

  /**
   * Adds the models of an archive to a cache. None of them appears before all are checked; those
   * that are there already, with the same files, stay as they are.
   */
  public static List<CachedModel> read(Path file, ModelCache cache, Progress progress) {
    try (InputStream bytes =
        new BufferedInputStream(Files.newInputStream(file), FileHashes.BUFFER_BYTES)) {
      return new ArchiveImport(
              file.toString(), new TarReader(file.toString(), bytes), cache, progress)
          .run(Files.size(file));
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    }
  }

  private static void writeTo(Path file, List<CachedModel> models, Progress progress)
      throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    for (CachedModel model : models) {
      manifests.add(manifest(model, progress));
    }
    long total = manifests.stream().mapToLong(Manifest::bytes).sum();
    progress.start("packing", total, Progress.Unit.BYTES);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      TarWriter tar =
          new TarWriter(
              new BufferedOutputStream(Channels.newOutputStream(channel), FileHashes.BUFFER_BYTES));
      put(tar, INDEX, index(models, manifests));
      for (int i = 0; i < models.size(); i++) {
        String prefix = folderOf(models.get(i)) + "/";
        put(tar, prefix + Manifest.FILE_NAME, ManifestFile.bytes(manifests.get(i)));
        for (Manifest.FileEntry entry : manifests.get(i).files()) {
          putFile(tar, prefix, models.get(i), entry, progress);
        }
      }
      tar.close();
      channel.force(true);
    }
  }

  /** The manifest, or for a model that another program made what it would be. */
  private static Manifest manifest(CachedModel model, Progress progress) throws IOException {
    if (model.manifest().isPresent()) {
      return model.manifest().get();
    }
    return ForeignManifest.of(model, progress);
  }

  private static void putFile(
      TarWriter tar, String prefix, CachedModel model, Manifest.FileEntry entry, Progress progress)
      throws IOException {
    FileHashes hashes = new FileHashes();
    byte[] buffer = new byte[FileHashes.BUFFER_BYTES];
    Path file = SafePath.resolve(model.folder(), Manifest.FILE_NAME, entry.path());
    if (Files.size(file) != entry.size()) {
      throw changed(model, entry);
    }
    tar.file(prefix + entry.path(), entry.size());
    try (InputStream bytes = Files.newInputStream(file)) {
      int count;
      while ((count = bytes.read(buffer)) >= 0) {
        progress.checkCancelled();
        hashes.add(buffer, 0, count);
        tar.write(buffer, 0, count);
        progress.advance(count);
      }
    }
    if (!hashes.entry(entry.path()).equals(entry)) {
      throw changed(model, entry);
    }
  }

  private static Problem changed(CachedModel model, Manifest.FileEntry entry) {
    return Problem.badFile("'" + entry.path() + "' of '" + model.name() + "' has changed")
        .why("nothing was written")
        .next("cache verify " + model.name());
  }

  private static void put(TarWriter tar, String name, byte[] bytes) throws IOException {
    tar.file(name, bytes.length);
    tar.write(bytes, 0, bytes.length);
  }

  private static byte[] index(List<CachedModel> models, List<Manifest> manifests) {
    ObjectNode root = Json.object().put("format", FORMAT);
    ArrayNode list = root.putArray("models");
    for (int i = 0; i < models.size(); i++) {
      list.addObject()
          .put("folder", folderOf(models.get(i)))
          .put("manifestSha256", FileHashes.sha256(ManifestFile.bytes(manifests.get(i))));
    }
    return Json.pretty(root).getBytes(StandardCharsets.UTF_8);
  }

  static List<Listed> parseIndex(String source, TarReader tar) throws IOException {
    TarReader.Entry entry =
        tar.next()
            .filter(first -> first.name().equals(INDEX))
            .orElseThrow(() -> Problem.badFile("'" + source + "' is not an archive of models"));
    try {
      JsonNode root = Json.tree(tar.readAll(LARGEST_INDEX));
      if (root.path("format").asInt(0) != FORMAT) {
        throw Problem.badFile("'" + source + "' was written by another version of slm")
            .why("format " + root.path("format") + ", this program knows " + FORMAT);
      }
      List<Listed> listed = new ArrayList<>();
      for (JsonNode model : root.path("models")) {
        String folder = model.path("folder").asString("");
        SafePath.resolve(Path.of(""), source, folder);
        if (folder.indexOf('/') < 0) {
          throw Problem.badFile("'" + source + "': " + entry.name() + ": folder without a name");
        }
        listed.add(new Listed(folder, model.path("manifestSha256").asString("")));
      }
      return listed;
    } catch (JacksonException e) {
      throw Json.problem(source, e);
    }
  }

  static byte[] manifestBytes(TarReader tar) throws IOException {
    return tar.readAll(LARGEST_MANIFEST);
  }

  /** Where unpacking with tar would put the model, so that the archive is a cache as well. */
  private static String folderOf(CachedModel model) {
    return model.publisher() + "/" + model.name() + "/v" + model.version();
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // what made the export fail is what people must hear of
    }
  }
}
