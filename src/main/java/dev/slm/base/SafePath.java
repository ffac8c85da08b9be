package dev.slm.base;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Names of files that others chose, checked before they touch a disk: they must not leave the
 * folder they are meant for, nor mean another file on another system. The rules of Linux, macOS and
 * Windows hold everywhere, because models move between machines.
 */
public final class SafePath {
  private static final int LONGEST_PATH = 400;
  private static final int LONGEST_NAME = 200;
  private static final int DEEPEST = 16;
  private static final int MOST_SHOWN = 60;

  /** Device names of Windows, which it finds with any ending. */
  private static final Pattern DEVICE =
      Pattern.compile("(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³])(\\..*)?");

  private static final String UNPORTABLE = "<>\"|?*";

  private SafePath() {}

  /** The path below a folder, or the problem that names the source and the entry. */
  public static Path resolve(Path folder, String source, String relative) {
    fault(relative)
        .ifPresent(
            fault -> {
              throw Problem.badFile("'" + source + "' names the file '" + shown(relative) + "'")
                  .why(fault);
            });
    Path path = folder;
    for (String name : relative.split("/")) {
      path = path.resolve(name);
    }
    return path;
  }

  /** What is wrong with a relative path with forward slashes. */
  public static Optional<String> fault(String relative) {
    return escape(relative).or(() -> unportable(relative));
  }

  /** The name of one folder that people choose, or the problem of it. */
  public static String checkName(String kind, String name) {
    Optional<String> fault =
        name.startsWith(".")
            ? Optional.of("it begins with a dot")
            : name.indexOf('/') < 0 ? fault(name) : Optional.of("it has a slash");
    if (fault.isPresent()) {
      throw Problem.usage("'" + shown(name) + "' cannot be the name of a " + kind).why(fault.get());
    }
    return name;
  }

  /**
   * Refuses a list in which any path could escape: such a list was made to do harm.
   *
   * @param owner who has these files, as messages begin
   */
  public static void refuseEscapes(String owner, Collection<String> paths) {
    for (String path : paths) {
      refuse(owner, path, escape(path));
    }
  }

  /** Refuses paths that not every system can store, and paths that are one file on some. */
  public static void refuseUnportable(String owner, Collection<String> paths) {
    Set<String> seen = new HashSet<>();
    Set<String> folders = new HashSet<>();
    for (String path : paths) {
      refuse(owner, path, unportable(path));
      String folded = folded(path);
      boolean isNew = seen.add(folded);
      refuse(owner, path, isNew ? Optional.empty() : Optional.of("another file has this name"));
      for (int slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
        folders.add(folded.substring(0, slash));
      }
    }
    for (String path : paths) {
      if (folders.contains(folded(path))) {
        refuse(owner, path, Optional.of("a folder has this name"));
      }
    }
  }

  private static void refuse(String owner, String path, Optional<String> reason) {
    if (reason.isPresent()) {
      throw Problem.badFile(owner + " has a file named '" + shown(path) + "'")
          .why(reason.get() + "; none of its files was taken");
    }
  }

  private static Optional<String> escape(String path) {
    if (path.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (path.codePoints().anyMatch(SafePath::isControl)) {
      return Optional.of("it has a control character");
    }
    if (path.startsWith("/") || path.indexOf('\\') >= 0 || path.indexOf(':') >= 0) {
      return Optional.of("it is not relative");
    }
    if (path.length() > LONGEST_PATH) {
      return Optional.of("it has more than " + LONGEST_PATH + " characters");
    }
    List<String> names = List.of(path.split("/", -1));
    if (names.stream().anyMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."))) {
      return Optional.of("it leads outside or nowhere");
    }
    return names.size() > DEEPEST ? Optional.of("it is too deep") : Optional.empty();
  }

  private static Optional<String> unportable(String path) {
    for (String name : path.split("/", -1)) {
      if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
        return Optional.of("a part of it has more than " + LONGEST_NAME + " bytes");
      }
      if (name.endsWith(".") || name.endsWith(" ") || name.startsWith(" ")) {
        return Optional.of("a part of it begins or ends with a space or ends with a dot");
      }
      if (name.chars().anyMatch(c -> UNPORTABLE.indexOf(c) >= 0)) {
        return Optional.of("it has a character that Windows refuses");
      }
      if (DEVICE.matcher(name.toUpperCase(Locale.ROOT)).matches()) {
        return Optional.of("it is a device on Windows");
      }
    }
    return Optional.empty();
  }

  /** Equal for names that a file system may take for one. */
  private static String folded(String path) {
    return Normalizer.normalize(path, Normalizer.Form.NFC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT);
  }

  private static boolean isControl(int point) {
    return Character.isISOControl(point)
        || Character.getType(point) == Character.FORMAT
        || Character.getType(point) == Character.SURROGATE;
  }

  /** At most 60 characters, control characters as escapes. */
  public static String shown(String path) {
    int end =
        path.offsetByCodePoints(0, Math.min(MOST_SHOWN, path.codePointCount(0, path.length())));
    String shown = SafeText.line(path.substring(0, end));
    return end < path.length() ? shown + "…" : shown;
  }
}
