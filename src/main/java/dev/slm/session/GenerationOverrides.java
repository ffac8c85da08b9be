package dev.slm.session;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import dev.slm.model.GenerationSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a person set of the generation settings; the rest is as the model's makers want it. */
public final class GenerationOverrides {
  private interface Change {
    GenerationSettings apply(GenerationSettings settings, String value);
  }

  private static final Map<String, Change> CHANGES = changes();

  private final Map<String, String> values = new LinkedHashMap<>();
  private List<String> stops = List.of();

  private static Map<String, Change> changes() {
    Map<String, Change> changes = new LinkedHashMap<>();
    changes.put("max_tokens", (s, v) -> s.withMaxTokens(whole(v)));
    changes.put("temperature", (s, v) -> s.withTemperature(number(v)));
    changes.put("top_k", (s, v) -> s.withTopK(whole(v)));
    changes.put("top_p", (s, v) -> s.withTopP(number(v)));
    changes.put("min_p", (s, v) -> s.withMinP(number(v)));
    changes.put(
        "repetition_penalty",
        (s, v) ->
            s.withPenalties(
                number(v), s.presencePenalty(), s.frequencyPenalty(), s.noRepeatNgram()));
    changes.put(
        "presence_penalty",
        (s, v) ->
            s.withPenalties(
                s.repetitionPenalty(), number(v), s.frequencyPenalty(), s.noRepeatNgram()));
    changes.put(
        "frequency_penalty",
        (s, v) ->
            s.withPenalties(
                s.repetitionPenalty(), s.presencePenalty(), number(v), s.noRepeatNgram()));
    changes.put(
        "no_repeat_ngram",
        (s, v) ->
            s.withPenalties(
                s.repetitionPenalty(), s.presencePenalty(), s.frequencyPenalty(), whole(v)));
    changes.put("seed", (s, v) -> s.withSeed(wholeLong(v)));
    changes.put("stop", (s, v) -> s.withStop(added(s.stop(), v)));
    return Collections.unmodifiableMap(changes);
  }

  /** The names of all settings. */
  public static List<String> names() {
    return List.copyOf(CHANGES.keySet());
  }

  /** Sets one; an unknown name or a bad value is a usage problem and changes nothing. */
  public void set(String name, String value) {
    String key = known(name);
    GenerationSettings changed = change(key).apply(GenerationSettings.DEFAULT, value);
    List<String> mistakes = changed.mistakes();
    if (!mistakes.isEmpty()) {
      throw Problem.usage(String.join("; ", mistakes));
    }
    values.put(key, value);
  }

  /** Sets the texts that end an answer. */
  public void stop(List<String> texts) {
    List<String> mistakes = GenerationSettings.DEFAULT.withStop(texts).mistakes();
    if (!mistakes.isEmpty()) {
      throw Problem.usage(String.join("; ", mistakes));
    }
    stops = List.copyOf(texts);
    values.remove("stop");
  }

  /** Goes back to what the model's makers want. */
  public void reset(String name) {
    String key = known(name);
    values.remove(key);
    if (key.equals("stop")) {
      stops = List.of();
    }
  }

  public void clear() {
    values.clear();
    stops = List.of();
  }

  /** What was set, by name. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** The settings with these changes. */
  public GenerationSettings apply(GenerationSettings settings) {
    GenerationSettings changed = stops.isEmpty() ? settings : settings.withStop(stops);
    for (Map.Entry<String, String> entry : values.entrySet()) {
      changed = change(entry.getKey()).apply(changed, entry.getValue());
    }
    return changed.checked();
  }

  private static String known(String name) {
    String key = name.toLowerCase(Locale.ROOT).replace('-', '_');
    if (!CHANGES.containsKey(key)) {
      throw Nearest.unknown("setting", name, names(), "/set");
    }
    return key;
  }

  private static Change change(String key) {
    Change change = CHANGES.get(key);
    if (change == null) {
      throw new IllegalArgumentException(key);
    }
    return change;
  }

  private static List<String> added(List<String> stops, String stop) {
    List<String> all = new ArrayList<>(stops);
    all.add(stop);
    return all;
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
