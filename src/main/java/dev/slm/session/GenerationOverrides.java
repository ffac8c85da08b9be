package dev.slm.session;

import dev.slm.base.Problem;
import dev.slm.model.GenerationSettings;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a person set of the generation settings; the rest is as the model's makers want it. */
public final class GenerationOverrides {
  private final Map<String, String> values = new LinkedHashMap<>();
  private List<String> stops = List.of();

  /** The names of all settings. */
  public static List<String> names() {
    return GenerationSetting.all().stream().map(GenerationSetting::name).toList();
  }

  /**
   * Sets one and gives its one name; an unknown name or a bad value is a usage problem and changes
   * nothing.
   */
  public String set(String name, String value) {
    GenerationSetting setting = GenerationSetting.named(name);
    check(setting.change().apply(GenerationSettings.DEFAULT, value));
    values.put(setting.name(), value);
    return setting.name();
  }

  /** Sets the texts that end an answer. */
  public void stop(List<String> texts) {
    check(GenerationSettings.DEFAULT.withStop(texts));
    stops = List.copyOf(texts);
    values.remove("stop");
  }

  private static void check(GenerationSettings changed) {
    List<String> mistakes = changed.mistakes();
    if (!mistakes.isEmpty()) {
      throw Problem.usage(String.join("; ", mistakes));
    }
  }

  /** Goes back to what the model's makers want; gives the setting's one name. */
  public String reset(String name) {
    String key = GenerationSetting.named(name).name();
    values.remove(key);
    if (key.equals("stop")) {
      stops = List.of();
    }
    return key;
  }

  public void clear() {
    values.clear();
    stops = List.of();
  }

  /** What was set, by name. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  /** Whether a person set it. */
  public boolean isSet(String name) {
    return values.containsKey(name) || (name.equals("stop") && !stops.isEmpty());
  }

  /** The settings with these changes. */
  public GenerationSettings apply(GenerationSettings settings) {
    GenerationSettings changed = stops.isEmpty() ? settings : settings.withStop(stops);
    for (Map.Entry<String, String> entry : values.entrySet()) {
      changed = GenerationSetting.named(entry.getKey()).change().apply(changed, entry.getValue());
    }
    return changed.checked();
  }
}
