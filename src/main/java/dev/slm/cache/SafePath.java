package dev.slm.cache;

import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of files that others chose, checked before they touch a disk. The rules of Linux, macOS and
 * Windows hold everywhere, so that a model folder can be carried from one to the other.
 */
final class SafePath {
  private static final int LONGEST_PATH = 400;
  private static final int LONGEST_SEGMENT = 200;

  /** Devices of Windows, with any extension and in any case. */
  private static final Pattern DEVICE =
      Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

  private SafePath() {}

  /** The path below a folder, or the problem that names the source and the entry. */
  static Path resolve(Path folder, String source, String relative) {
    fault(relative)
        .ifPresent(
            fault -> {
              throw Problem.badFile("'" + source + "' names the file '" + visible(relative) + "'")
                  .why(fault);
            });
    Path path = folder;
    for (String segment : relative.split("/")) {
      path = path.resolve(segment);
    }
    return path;
  }

  /** What is wrong with a relative path with forward slashes. */
  static Optional<String> fault(String relative) {
    if (relative.length() > LONGEST_PATH) {
      return Optional.of("longer than " + LONGEST_PATH + " characters");
    }
    for (String segment : relative.split("/", -1)) {
      Optional<String> fault = segmentFault(segment);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  /** The name of one folder that people choose, or the problem of it. */
  static String checkName(String kind, String name) {
    Optional<String> fault =
        name.startsWith(".") ? Optional.of("starts with a dot") : segmentFault(name);
    if (fault.isPresent()) {
      throw Problem.usage("'" + visible(name) + "' cannot be the name of a " + kind)
          .why(fault.get());
    }
    return name;
  }

  private static Optional<String> segmentFault(String segment) {
    if (segment.isEmpty()) {
      return Optional.of("empty, or an absolute path");
    }
    if (segment.equals(".") || segment.equals("..")) {
      return Optional.of("leaves the folder");
    }
    if (segment.length() > LONGEST_SEGMENT) {
      return Optional.of("longer than " + LONGEST_SEGMENT + " characters");
    }
    if (segment.chars().anyMatch(c -> Character.isISOControl(c) || "/\\:*?\"<>|".indexOf(c) >= 0)) {
      return Optional.of("a character that file names cannot have everywhere");
    }
    if (segment.endsWith(".") || segment.endsWith(" ")) {
      return Optional.of("ends with a dot or a space");
    }
    if (DEVICE.matcher(segment.toLowerCase(Locale.ROOT)).matches()) {
      return Optional.of("a device name of Windows");
    }
    return Optional.empty();
  }

  private static String visible(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(80)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                shown.append(String.format(Locale.ROOT, "\\x%02x", c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }
}
