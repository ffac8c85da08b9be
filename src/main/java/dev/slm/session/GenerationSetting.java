package dev.slm.session;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.model.GenerationSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One of the generation settings that people change by name.
 *
 * @param takes its values, in words
 * @param says what it does
 * @param now its value, as people read it
 */
public record GenerationSetting(
    String name,
    String takes,
    String says,
    Function<GenerationSettings, String> now,
    Change change) {

  /** Takes a value that was typed. */
  interface Change {
    GenerationSettings apply(GenerationSettings settings, String value);
  }

  private static final List<GenerationSetting> ALL =
      List.of(
          whole(
              "max_tokens",
              "1 to 1,000,000",
              "most tokens of an answer",
              GenerationSettings::maxTokens,
              GenerationSettings::withMaxTokens),
          number(
              "temperature",
              "0 to 5",
              "randomness, 0 for none",
              GenerationSettings::temperature,
              GenerationSettings::withTemperature),
          whole(
              "top_k",
              "0 to 1,000,000",
              "takes one of the likeliest, 0 for any",
              GenerationSettings::topK,
              GenerationSettings::withTopK),
          number(
              "top_p",
              "0 to 1",
              "takes from this share of the likelihood",
              GenerationSettings::topP,
              GenerationSettings::withTopP),
          number(
              "min_p",
              "0 to 1",
              "drops what is less likely than this part of the likeliest",
              GenerationSettings::minP,
              GenerationSettings::withMinP),
          number(
              "repetition_penalty",
              "0.01 to 10",
              "above 1 avoids words that were said",
              GenerationSettings::repetitionPenalty,
              (s, v) ->
                  s.withPenalties(v, s.presencePenalty(), s.frequencyPenalty(), s.noRepeatNgram())),
          number(
              "presence_penalty",
              "-2 to 2",
              "for words that came",
              GenerationSettings::presencePenalty,
              (s, v) ->
                  s.withPenalties(
                      s.repetitionPenalty(), v, s.frequencyPenalty(), s.noRepeatNgram())),
          number(
              "frequency_penalty",
              "-2 to 2",
              "for words each time that they came",
              GenerationSettings::frequencyPenalty,
              (s, v) ->
                  s.withPenalties(
                      s.repetitionPenalty(), s.presencePenalty(), v, s.noRepeatNgram())),
          whole(
              "no_repeat_ngram",
              "0 to 1,000",
              "never says so many words twice in a row, 0 for off",
              GenerationSettings::noRepeatNgram,
              (s, v) ->
                  s.withPenalties(
                      s.repetitionPenalty(), s.presencePenalty(), s.frequencyPenalty(), v)),
          new GenerationSetting(
              "seed",
              "0 to 2,147,483,647",
              "the same seed, the same text",
              s -> s.seed().isPresent() ? String.valueOf(s.seed().getAsLong()) : "-",
              (s, v) -> s.withSeed(seed(v))),
          new GenerationSetting(
              "stop",
              "text",
              "ends the answer where it comes",
              s -> s.stop().isEmpty() ? "-" : quoted(s.stop()),
              (s, v) -> s.withStop(both(s.stop(), QuotedTexts.of(v)))));

  /** Names that other programs have for the same. */
  private static final Map<String, String> ALIASES =
      Map.of(
          "num_predict", "max_tokens",
          "max_new_tokens", "max_tokens",
          "repeat_penalty", "repetition_penalty",
          "no_repeat_ngram_size", "no_repeat_ngram");

  public static List<GenerationSetting> all() {
    return ALL;
  }

  /** The setting of a name, typed with either underscores or dashes. */
  static GenerationSetting named(String typed) {
    String key = typed.toLowerCase(Locale.ROOT).replace('-', '_');
    String name = ALIASES.getOrDefault(key, key);
    return ALL.stream()
        .filter(setting -> setting.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Nearest.unknown(
                    "setting", typed, ALL.stream().map(GenerationSetting::name).toList(), "/set"));
  }

  private static String quoted(List<String> texts) {
    return texts.stream()
        .map(text -> "'" + text.replace("\n", "\\n").replace("\t", "\\t") + "'")
        .collect(Collectors.joining(", "));
  }

  private static List<String> both(List<String> some, List<String> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }

  private static GenerationSetting whole(
      String name,
      String takes,
      String says,
      ToIntFunction<GenerationSettings> now,
      BiFunction<GenerationSettings, Integer, GenerationSettings> change) {
    String wanted = "a whole number from " + takes;
    return new GenerationSetting(
        name,
        takes,
        says,
        s -> String.valueOf(now.applyAsInt(s)),
        (s, v) -> change.apply(s, parsed(name, v, wanted, Integer::valueOf)));
  }

  private static GenerationSetting number(
      String name,
      String takes,
      String says,
      ToDoubleFunction<GenerationSettings> now,
      BiFunction<GenerationSettings, Double, GenerationSettings> change) {
    String wanted = "a number from " + takes;
    return new GenerationSetting(
        name,
        takes,
        says,
        s -> plain(now.applyAsDouble(s)),
        (s, v) -> change.apply(s, parsed(name, v, wanted, Double::valueOf)));
  }

  /** The service takes any 64 bits, as its protocol says; people get one range everywhere. */
  private static int seed(String text) {
    String wanted = "a whole number from 0 to 2,147,483,647";
    int seed = parsed("seed", text, wanted, Integer::valueOf);
    if (seed < 0) {
      throw Problem.usage("'seed' is %d, not between 0 and %d".formatted(seed, Integer.MAX_VALUE));
    }
    return seed;
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  private static <T> T parsed(String name, String text, String wanted, Function<String, T> parser) {
    try {
      return parser.apply(text.strip());
    } catch (NumberFormatException e) {
      throw Problem.usage("'%s' is '%s', not %s".formatted(name, text.strip(), wanted)).causedBy(e);
    }
  }
}
