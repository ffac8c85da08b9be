package dev.slm.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What we know of a model in the cache, written beside it as {@code slm_manifest.json} when it is
 * complete and never changed afterwards: where it comes from, how it was made, and the hash of
 * every file.
 *
 * @param format version of this record's shape
 * @param name what people type to get exactly this model, such as {@code qwen2.5-0.5b-int4}
 * @param alias the catalog's name, such as {@code qwen2.5-0.5b}
 * @param kind {@code model} for a runnable folder, {@code checkpoint} for Hugging Face files
 * @param parameters number of weights, 0 when unknown
 * @param contextLength most tokens of a conversation, 0 when unknown
 * @param options every option that shaped the weights
 * @param quality what the precision cost, empty when it was not measured
 */
public record Manifest(
    int format,
    String name,
    String alias,
    Kind kind,
    @Nullable Precision precision,
    String family,
    long parameters,
    int contextLength,
    Source source,
    String recipe,
    Map<String, String> options,
    String licence,
    String toolVersion,
    Instant created,
    Map<String, Double> quality,
    List<FileEntry> files) {

  public static final String FILE_NAME = "slm_manifest.json";
  public static final int FORMAT = 1;

  /** Bytes that one entry of {@link FileEntry#parts} covers. */
  public static final int PART_BYTES = 8 * 1024 * 1024;

  /** Runnable, or the files that a runnable model is made of. */
  public enum Kind {
    MODEL,
    CHECKPOINT
  }

  /**
   * Where the weights come from.
   *
   * @param repository hub repository or folder name
   * @param commit the hub's resolved commit, empty for a local folder
   */
  public record Source(String repository, String commit) {}

  /**
   * One file below the model's folder.
   *
   * @param path relative, with forward slashes
   * @param parts CRC32C of each {@link #PART_BYTES} bytes as 8 hex digits, to say where a file went
   *     bad
   */
  public record FileEntry(String path, long size, String sha256, List<String> parts) {
    public FileEntry {
      parts = List.copyOf(parts);
    }
  }

  public Manifest {
    options = Map.copyOf(options);
    quality = Map.copyOf(quality);
    files = List.copyOf(files);
  }

  /** The same facts with the files that they are about. */
  public Manifest withFiles(List<FileEntry> entries) {
    return with(name, entries);
  }

  /** The same facts under another name. */
  public Manifest called(String other) {
    return with(other, files);
  }

  private Manifest with(String otherName, List<FileEntry> entries) {
    return new Manifest(
        format,
        otherName,
        alias,
        kind,
        precision,
        family,
        parameters,
        contextLength,
        source,
        recipe,
        options,
        licence,
        toolVersion,
        created,
        quality,
        entries);
  }

  public long bytes() {
    return files.stream().mapToLong(FileEntry::size).sum();
  }
}
