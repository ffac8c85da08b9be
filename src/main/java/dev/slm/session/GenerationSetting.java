package dev.slm.session;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.model.GenerationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

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
          new GenerationSetting(
              "max_tokens",
              "1 to 1,000,000",
              "most tokens of an answer",
              s -> String.valueOf(s.maxTokens()),
              (s, v) -> s.withMaxTokens(whole(v))),
          new GenerationSetting(
              "temperature",
              "0 to 5",
              "randomness, 0 for none",
              s -> plain(s.temperature()),
              (s, v) -> s.withTemperature(number(v))),
          new GenerationSetting(
              "top_k",
              "0 to 1,000,000",
              "takes one of the likeliest, 0 for any",
              s -> String.valueOf(s.topK()),
              (s, v) -> s.withTopK(whole(v))),
          new GenerationSetting(
              "top_p",
              "0 to 1",
              "takes from this share of the likelihood",
              s -> plain(s.topP()),
              (s, v) -> s.withTopP(number(v))),
          new GenerationSetting(
              "min_p",
              "0 to 1",
              "drops what is less likely than this part of the likeliest",
              s -> plain(s.minP()),
              (s, v) -> s.withMinP(number(v))),
          new GenerationSetting(
              "repetition_penalty",
              "0.01 to 10",
              "above 1 avoids words that were said",
              s -> plain(s.repetitionPenalty()),
              (s, v) ->
                  s.withPenalties(
                      number(v), s.presencePenalty(), s.frequencyPenalty(), s.noRepeatNgram())),
          new GenerationSetting(
              "presence_penalty",
              "-2 to 2",
              "for words that came",
              s -> plain(s.presencePenalty()),
              (s, v) ->
                  s.withPenalties(
                      s.repetitionPenalty(), number(v), s.frequencyPenalty(), s.noRepeatNgram())),
          new GenerationSetting(
              "frequency_penalty",
              "-2 to 2",
              "for words each time that they came",
              s -> plain(s.frequencyPenalty()),
              (s, v) ->
                  s.withPenalties(
                      s.repetitionPenalty(), s.presencePenalty(), number(v), s.noRepeatNgram())),
          new GenerationSetting(
              "no_repeat_ngram",
              "0 to 1,000",
              "never says so many words twice in a row, 0 for off",
              s -> String.valueOf(s.noRepeatNgram()),
              (s, v) ->
                  s.withPenalties(
                      s.repetitionPenalty(), s.presencePenalty(), s.frequencyPenalty(), whole(v))),
          new GenerationSetting(
              "seed",
              "a whole number",
              "the same seed, the same text",
              s -> s.seed().isPresent() ? String.valueOf(s.seed().getAsLong()) : "-",
              (s, v) -> s.withSeed(wholeLong(v))),
          new GenerationSetting(
              "stop",
              "text",
              "ends the answer where it comes",
              s -> s.stop().isEmpty() ? "-" : quoted(s.stop()),
              (s, v) -> s.withStop(added(s.stop(), v))));

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
    return texts.stream().map(text -> "'" + text + "'").collect(Collectors.joining(", "));
  }

  private static List<String> added(List<String> stops, String stop) {
    List<String> all = new ArrayList<>(stops);
    all.add(stop);
    return all;
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw Problem.usage("'" + text + "' is not a number").causedBy(e);
    }
  }

  private static long wholeLong(String text) {
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw Problem.usage("'" + text + "' is not a whole number").causedBy(e);
    }
  }

  private static int whole(String text) {
    return Math.clamp(wholeLong(text), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
