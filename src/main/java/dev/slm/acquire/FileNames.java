package dev.slm.acquire;

import dev.slm.base.Problem;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses file names that would leave the folder they are meant for, or mean another file on
 * another system. The same rules hold everywhere: a cache moves between machines.
 */
final class FileNames {
  private static final int LONGEST_PATH = 400;
  private static final int LONGEST_NAME = 200;
  private static final int DEEPEST = 16;

  /** Device names of Windows, which it finds with any ending. */
  private static final Pattern DEVICE =
      Pattern.compile("(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9¹²³])(\\..*)?");

  private static final String UNPORTABLE = "<>\"|?*";

  private FileNames() {}

  /** Refuses a list in which any name could escape: such a list was made to do harm. */
  static void refuseEscapes(Collection<String> paths) {
    for (String path : paths) {
      refuse(path, escape(path));
    }
  }

  /** Refuses names that not every system can store, and names that are one file on some. */
  static void refuseUnportable(Collection<String> paths) {
    Set<String> seen = new HashSet<>();
    Set<String> folders = new HashSet<>();
    for (String path : paths) {
      refuse(path, unportable(path));
      String folded = folded(path);
      refuse(path, seen.add(folded) ? Optional.empty() : Optional.of("another file has this name"));
      for (int slash = folded.indexOf('/'); slash >= 0; slash = folded.indexOf('/', slash + 1)) {
        folders.add(folded.substring(0, slash));
      }
    }
    for (String path : paths) {
      if (folders.contains(folded(path))) {
        refuse(path, Optional.of("a folder has this name"));
      }
    }
  }

  private static Optional<String> escape(String path) {
    if (path.isEmpty()) {
      return Optional.of("it is empty");
    }
    if (path.codePoints().anyMatch(FileNames::isControl)) {
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

  private static void refuse(String path, Optional<String> reason) {
    if (reason.isPresent()) {
      throw Problem.badFile("the repository has a file named '" + shown(path) + "'")
          .why(reason.get() + "; nothing was downloaded")
          .next("choose another repository");
    }
  }

  /** Equal for names that a file system may take for one. */
  private static String folded(String path) {
    return Normalizer.normalize(path, Normalizer.Form.NFC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT);
  }

  private static boolean isControl(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT
        || Character.getType(c) == Character.SURROGATE;
  }

  /** At most 60 characters, control characters as escapes. */
  static String shown(String path) {
    StringBuilder shown = new StringBuilder();
    path.codePoints()
        .limit(60)
        .forEach(
            c -> shown.append(isControl(c) ? String.format("\\u%04x", c) : Character.toString(c)));
    return path.length() > 60 ? shown + "…" : shown.toString();
  }
}
