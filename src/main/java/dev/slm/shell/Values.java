package dev.slm.shell;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an argument or option takes: checked when a line is parsed, offered by completion. */
public final class Values {
  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");

  private final Function<String, List<Completion>> offers;
  private final Function<String, @Nullable String> mistake;
  private final List<String> closed;
  private Function<List<String>, List<String>> following = _ -> List.of();

  private Values(
      Function<String, List<Completion>> offers,
      Function<String, @Nullable String> mistake,
      List<String> closed) {
    this.offers = offers;
    this.mistake = mistake;
    this.closed = closed;
  }

  /** Any text, nothing to offer. */
  public static Values any() {
    return new Values(typed -> List.of(), text -> null, List.of());
  }

  /** One of these and nothing else; capitals do not matter. */
  public static Values choice(String... choices) {
    return choice(List.of(choices));
  }

  /** One of these and nothing else; capitals do not matter. */
  public static Values choice(List<String> choices) {
    List<String> closed = List.copyOf(choices);
    return new Values(
        typed -> plain(closed),
        text ->
            closed.stream().anyMatch(text::equalsIgnoreCase)
                ? null
                : "takes " + String.join(", ", closed),
        closed);
  }

  /** Any text, these are offered. */
  public static Values suggest(String... texts) {
    return names(() -> Arrays.asList(texts));
  }

  /** Any text; names that are known when the key is pressed are offered in their order. */
  public static Values names(Supplier<? extends Collection<String>> names) {
    return new Values(typed -> plain(names.get()), text -> null, List.of());
  }

  /** Any text; what is offered depends on the words before it. */
  public static Values following(Function<List<String>, List<String>> choices) {
    Values values = any();
    values.following = choices;
    return values;
  }

  /** A whole number within limits. */
  public static Values whole(long min, long max) {
    return new Values(
        typed -> List.of(),
        text -> {
          boolean fits =
              WHOLE.matcher(text).matches()
                  && Long.parseLong(text) >= min
                  && Long.parseLong(text) <= max;
          return fits ? null : "takes a whole number" + limits(min, max);
        },
        List.of());
  }

  /** A number within limits. */
  public static Values number(double min, double max) {
    return new Values(
        typed -> List.of(),
        text -> {
          double value = parse(text);
          return value >= min && value <= max
              ? null
              : String.format(Locale.ROOT, "takes a number from %s to %s", brief(min), brief(max));
        },
        List.of());
  }

  /** A text that reads as something; otherwise the sentence says what it takes. */
  public static Values written(Predicate<String> reads, String otherwise) {
    return new Values(typed -> List.of(), text -> reads.test(text) ? null : otherwise, List.of());
  }

  /** A file or folder. */
  public static Values files() {
    return new Values(typed -> Paths.complete(typed, path -> true), text -> null, List.of());
  }

  /** A folder. */
  public static Values folders() {
    return new Values(typed -> Paths.complete(typed, Paths::isFolder), text -> null, List.of());
  }

  /** A file with one of these endings, or a folder on the way to it. */
  public static Values filesEnding(String... endings) {
    return new Values(
        typed -> Paths.complete(typed, path -> Paths.isFolder(path) || endsWith(path, endings)),
        text -> null,
        List.of());
  }

  /** First the offers of this, then those of the other; both must find a value good. */
  public Values or(Values other) {
    return new Values(
        typed -> {
          List<Completion> both = new ArrayList<>(offers.apply(typed));
          both.addAll(other.offers.apply(typed));
          return both;
        },
        text -> {
          String first = mistake.apply(text);
          return first == null || other.mistake.apply(text) == null ? null : first;
        },
        List.of());
  }

  List<Completion> offers(String typed) {
    return offers.apply(typed);
  }

  List<Completion> offers(String typed, List<String> before) {
    List<Completion> offers = plain(following.apply(before));
    return offers.isEmpty() ? offers(typed) : offers;
  }

  Optional<String> mistake(String text) {
    return Optional.ofNullable(mistake.apply(text));
  }

  /** The spelling of a closed choice, whatever capitals were typed. */
  String canonical(String text) {
    return closed.stream().filter(text::equalsIgnoreCase).findFirst().orElse(text);
  }

  List<String> closed() {
    return closed;
  }

  private static List<Completion> plain(Collection<String> names) {
    return names.stream().map(Completion::of).toList();
  }

  private static boolean endsWith(Path path, String... endings) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    return Arrays.stream(endings).anyMatch(name::endsWith);
  }

  private static double parse(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }

  private static String limits(long min, long max) {
    if (max == Long.MAX_VALUE) {
      return min == Long.MIN_VALUE ? "" : " of at least " + min;
    }
    return " from " + min + " to " + max;
  }

  private static String brief(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }
}
