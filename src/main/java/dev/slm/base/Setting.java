package dev.slm.base;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that people can set: its name, what values it takes, its default and what it is for.
 *
 * @param name as typed and as stored
 * @param range the values it takes, in words
 * @param standard the default as text, empty when something else decides, such as the model
 * @param says one sentence
 * @param choices the only values it takes, empty when there are more
 * @param isSecret never shown and never logged
 */
public record Setting<T>(
    String name,
    String range,
    String standard,
    String says,
    List<String> choices,
    boolean isSecret,
    Function<String, Optional<T>> reader) {

  private static final List<String> TRUE = List.of("true", "yes", "on", "1");
  private static final List<String> FALSE = List.of("false", "no", "off", "0");

  public Setting {
    choices = List.copyOf(choices);
  }

  public static Setting<String> text(String name, @Nullable String standard, String says) {
    return new Setting<>(
        name, "text", standard == null ? "" : standard, says, List.of(), false, Optional::of);
  }

  public static Setting<String> secret(String name, String says) {
    return new Setting<>(name, "text", "", says, List.of(), true, Optional::of);
  }

  public static Setting<String> choice(
      String name, List<String> choices, String standard, String says) {
    return new Setting<>(
        name,
        String.join(" | ", choices),
        standard,
        says,
        choices,
        false,
        text -> choices.stream().filter(choice -> choice.equalsIgnoreCase(text)).findFirst());
  }

  public static Setting<Boolean> fact(String name, boolean standard, String says) {
    return new Setting<>(
        name,
        "true | false",
        String.valueOf(standard),
        says,
        List.of("true", "false"),
        false,
        Setting::readFact);
  }

  public static Setting<Integer> whole(
      String name, int min, int max, @Nullable Integer standard, String says) {
    return new Setting<>(
        name,
        min + " to " + max,
        standard == null ? "" : standard.toString(),
        says,
        List.of(),
        false,
        text -> readWhole(text).filter(value -> value >= min && value <= max));
  }

  public static Setting<Double> number(
      String name, double min, double max, @Nullable Double standard, String says) {
    return new Setting<>(
        name,
        plain(min) + " to " + plain(max),
        standard == null ? "" : plain(standard),
        says,
        List.of(),
        false,
        text -> readNumber(text).filter(value -> value >= min && value <= max));
  }

  /** The environment variable that sets it, such as {@code SLM_SERVICE_PORT}. */
  public String variable() {
    return "SLM_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The value that a text stands for, or a problem that names the place it comes from. */
  public T parse(String text, String from) {
    return reader
        .apply(text.strip())
        .orElseThrow(
            () ->
                Problem.usage(
                        "'" + (isSecret ? "…" : text) + "' is no value for '" + name + "'" + from)
                    .why("it takes " + range));
  }

  private static Optional<Boolean> readFact(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (TRUE.contains(lower)) {
      return Optional.of(true);
    }
    return FALSE.contains(lower) ? Optional.of(false) : Optional.empty();
  }

  private static Optional<Integer> readWhole(String text) {
    try {
      return Optional.of(Integer.parseInt(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static Optional<Double> readNumber(String text) {
    try {
      return Optional.of(Double.parseDouble(text)).filter(Double::isFinite);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
