package dev.slm.engine.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tensor bytes that stand in other files: those must be plain files of the model's own folder, and
 * long enough. A second hard link would let a folder show files of others, and a file that is
 * shorter than the graph says kills the process when it is read.
 */
final class ExternalData {
  private static final Set<String> KEYS = Set.of("location", "offset", "length", "checksum");

  private final Path folder;
  private final boolean mayLink;
  private final Map<String, Long> sizes = new HashMap<>();

  /**
   * @param mayLink whether hard links are fine, because we know the files by their hashes
   */
  ExternalData(Path folder, boolean mayLink) {
    this.folder = folder;
    this.mayLink = mayLink;
  }

  /** Bytes of all files seen so far. */
  long bytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What is wrong with a tensor's place, empty when nothing is. */
  String mistake(OnnxModel.Tensor tensor, long expectedBytes) {
    for (Map.Entry<String, List<String>> entry : tensor.external().entrySet()) {
      if (!KEYS.contains(entry.getKey()) || entry.getValue().size() != 1) {
        return "has the key " + Shown.value(entry.getKey()) + " in its place, or twice";
      }
    }
    String location = value(tensor, "location", "");
    String mistake = locationMistake(location);
    if (!mistake.isEmpty()) {
      return "is in " + Shown.value(location) + ", " + mistake;
    }
    long offset = number(value(tensor, "offset", "0"));
    long length = number(value(tensor, "length", Long.toString(expectedBytes)));
    long size = sizes.getOrDefault(location, 0L);
    if (offset < 0 || length != expectedBytes || offset > size - length) {
      return "says offset %s and length %s; it needs %d bytes and '%s' has %d"
          .formatted(
              Shown.value(value(tensor, "offset", "0")),
              Shown.value(value(tensor, "length", "")),
              expectedBytes,
              Shown.plain(location),
              size);
    }
    return "";
  }

  private String locationMistake(String location) {
    if (sizes.containsKey(location)) {
      return "";
    }
    if (!location.matches("[\\p{Alnum}_][\\p{Alnum} ._/@+=-]*") || location.contains("..")) {
      return "not a plain path inside the folder";
    }
    Path file = folder.resolve(location);
    try {
      if (!Files.isRegularFile(file)) {
        return "which is not a file";
      }
      if (!file.toRealPath().startsWith(folder.toRealPath())) {
        return "which leads out of the folder";
      }
      if (!mayLink && hardLinks(file) > 1) {
        return "which is a file of somebody else too (hard link)";
      }
      sizes.put(location, Files.size(file));
      return "";
    } catch (IOException e) {
      return "which cannot be read";
    }
  }

  /** 1 where the file system does not tell. */
  private static int hardLinks(Path file) throws IOException {
    try {
      return (int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 1;
    }
  }

  private static String value(OnnxModel.Tensor tensor, String key, String standard) {
    List<String> values = tensor.external().get(key);
    return values == null || values.isEmpty() ? standard : values.getFirst();
  }

  private static long number(String text) {
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
  }
}
