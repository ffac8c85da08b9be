package dev.slm.shell;

import dev.slm.base.Setting;
import dev.slm.base.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds what must not be kept in a line: tokens and keys, wherever people type them. */
final class Secrets {
  private static final Set<String> OPTIONS =
      Set.of("--token", "--hub-token", "--hf-token", "--api-key", "--key", "--password");

  /** Access tokens of the hub and API keys in the form that services of the trade give out. */
  private static final Pattern TOKEN = Pattern.compile("(hf_|sk-)[A-Za-z0-9_-]{16,}");

  private static final String MASK = "…";

  private Secrets() {}

  static boolean isIn(String line) {
    List<String> words = Words.split(line).texts();
    return !mask(words).equals(words);
  }

  /** The line with every secret replaced; unchanged when there is none. */
  static String mask(String line) {
    List<String> words = Words.split(line).texts();
    List<String> masked = mask(words);
    return masked.equals(words)
        ? line
        : String.join(" ", masked.stream().map(Words::quote).toList());
  }

  static List<String> mask(List<String> words) {
    List<String> masked = new ArrayList<>();
    boolean isNext = false;
    for (String word : words) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (isNext) {
        masked.add(MASK);
      } else if (isSecretName(name) && equals >= 0) {
        masked.add(name + "=" + MASK);
      } else {
        masked.add(TOKEN.matcher(word).replaceAll(MASK));
      }
      isNext = !isNext && equals < 0 && isSecretName(name);
    }
    return masked;
  }

  private static boolean isSecretName(String word) {
    String name = word.toLowerCase(Locale.ROOT).replace('_', '-');
    return OPTIONS.contains(name)
        || Settings.all().stream()
            .filter(Setting::isSecret)
            .anyMatch(setting -> setting.name().equalsIgnoreCase(word));
  }
}
