package dev.slm.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Everything that people can set, in one list. A value comes from the command line, else from an
 * environment variable, else from the file, else it is the default.
 */
public final class Settings {
  public static final Setting<String> CACHE_FOLDER =
      Setting.text("cache.folder", null, "Where models are kept on disk.");
  public static final Setting<String> HUB_ENDPOINT =
      Setting.text(
          "hub.endpoint", "https://huggingface.co", "The model hub that downloads come from.");
  public static final Setting<String> HUB_TOKEN =
      Setting.secret("hub.token", "The hub's access token, for gated models.");
  public static final Setting<Boolean> HUB_OFFLINE =
      Setting.fact("hub.offline", false, "Never ask the network; use what is in the cache.");
  public static final Setting<String> ENGINE =
      Setting.choice(
          "engine",
          List.of("auto", "ort", "genai"),
          "auto",
          "What runs models; auto takes genai for those that need it, ort for the rest.");
  public static final Setting<Integer> THREADS =
      Setting.whole("threads", 0, 1024, 0, "Threads a model runs on; 0 leaves it to the engine.");
  public static final Setting<String> CONTEXT =
      Setting.text("context", "local", "Where work runs: local, or an endpoint's name.");
  public static final Setting<Integer> CONTEXT_LENGTH =
      Setting.whole(
          "context_length", 0, 1 << 20, 0, "Most tokens of a conversation; 0 is the model's own.");
  public static final Setting<Integer> TTL_MINUTES =
      Setting.whole("ttl", 0, 10_080, 10, "Minutes that an unused model stays loaded; 0 keeps it.");
  public static final Setting<String> REASONING =
      Setting.choice(
          "reasoning",
          List.of("show", "dim", "hide"),
          "dim",
          "How the thoughts of a reasoning model are shown.");
  public static final Setting<Double> TEMPERATURE =
      Setting.number(
          "temperature", 0, 5, null, "Randomness of answers; 0 always takes the likeliest token.");
  public static final Setting<Double> TOP_P =
      Setting.number("top_p", 0, 1, null, "Takes tokens from this share of the likelihood.");
  public static final Setting<Integer> TOP_K =
      Setting.whole(
          "top_k", 0, 1_000_000, null, "Takes one of so many likeliest tokens; 0 is off.");
  public static final Setting<Double> MIN_P =
      Setting.number(
          "min_p", 0, 1, null, "Drops tokens less likely than this share of the likeliest one.");
  public static final Setting<Double> REPETITION_PENALTY =
      Setting.number("repetition_penalty", 0.01, 10, null, "Above 1 makes repetition unlikely.");
  public static final Setting<Integer> MAX_TOKENS =
      Setting.whole("max_tokens", 1, 1_000_000, null, "Most tokens of one answer.");
  public static final Setting<Integer> SEED =
      Setting.whole(
          "seed", 0, Integer.MAX_VALUE, null, "Makes answers repeatable; without it they vary.");
  public static final Setting<String> SERVICE_HOST =
      Setting.text("service.host", "127.0.0.1", "The address that the service listens on.");
  public static final Setting<Integer> SERVICE_PORT =
      Setting.whole(
          "service.port", 0, 65_535, 5273, "The port of the service; 0 takes a free one.");
  public static final Setting<Boolean> PLAIN =
      Setting.fact("plain", false, "No colour, no animation.");

  /** Where a value comes from; the first that has one wins. */
  public enum Source {
    OPTION,
    ENVIRONMENT,
    FILE,
    STANDARD
  }

  /** A value as text with where it comes from, in words; empty text means not set. */
  public record Value(String text, Source source, String place) {}

  private static final long LARGEST_FILE = 1 << 20;

  private static final List<Setting<?>> ALL =
      List.of(
          CACHE_FOLDER,
          HUB_ENDPOINT,
          HUB_TOKEN,
          HUB_OFFLINE,
          ENGINE,
          THREADS,
          CONTEXT,
          CONTEXT_LENGTH,
          TTL_MINUTES,
          REASONING,
          TEMPERATURE,
          TOP_P,
          TOP_K,
          MIN_P,
          REPETITION_PENALTY,
          MAX_TOKENS,
          SEED,
          SERVICE_HOST,
          SERVICE_PORT,
          PLAIN);

  /** Names under which other tools of the trade know the same thing; ours wins. */
  private static final Map<String, List<String>> OTHER_VARIABLES =
      Map.of(HUB_TOKEN.name(), List.of("HF_TOKEN"), HUB_ENDPOINT.name(), List.of("HF_ENDPOINT"));

  private final Path file;
  private final Map<String, String> environment;
  private final Map<String, String> standards;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> stored;

  private Settings(
      Path file,
      Map<String, String> environment,
      Map<String, String> standards,
      Map<String, String> stored) {
    this.file = file;
    this.environment = environment;
    this.standards = standards;
    this.stored = stored;
  }

  /**
   * Reads the file, if there is one.
   *
   * @param standards defaults that depend on the machine, by setting name
   */
  public static Settings load(
      Path file, Map<String, String> environment, Map<String, String> standards) {
    return new Settings(
        file, Map.copyOf(environment), Map.copyOf(standards), new TreeMap<>(read(file)));
  }

  public static List<Setting<?>> all() {
    return ALL;
  }

  /** The setting of a name, typed with either underscores or dashes. */
  public static Setting<?> named(String name) {
    String wanted = name.replace('-', '_');
    return ALL.stream()
        .filter(setting -> setting.name().equalsIgnoreCase(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                Nearest.unknown(
                    "setting", name, ALL.stream().map(Setting::name).toList(), "config list"));
  }

  public Path file() {
    return file;
  }

  /** The value of a setting that always has one. */
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException("no value for " + setting.name()));
  }

  /** The value of a setting, empty when it is not set and has no default. */
  public <T> Optional<T> find(Setting<T> setting) {
    Value value = value(setting);
    return value.text().isEmpty()
        ? Optional.empty()
        : Optional.of(setting.parse(value.text(), ", from " + value.place()));
  }

  /** Values that their settings do not take: only variables can hold such. */
  public List<Problem> mistakes() {
    List<Problem> mistakes = new ArrayList<>();
    for (Setting<?> setting : all()) {
      try {
        find(setting);
      } catch (Problem problem) {
        mistakes.add(problem);
      }
    }
    return mistakes;
  }

  /** The value as text, with its origin. */
  public Value value(Setting<?> setting) {
    String option = options.get(setting.name());
    if (option != null) {
      return new Value(option, Source.OPTION, "the command line");
    }
    for (String variable : variables(setting)) {
      String text = environment.getOrDefault(variable, "");
      if (!text.isBlank()) {
        return new Value(text, Source.ENVIRONMENT, variable);
      }
    }
    String text = stored.get(setting.name());
    if (text != null) {
      return new Value(text, Source.FILE, file.toString());
    }
    String standard = standards.getOrDefault(setting.name(), setting.standard());
    return new Value(standard, Source.STANDARD, "the default");
  }

  /** Sets a value for this run of the program alone. */
  public void override(Setting<?> setting, String text) {
    setting.parse(text, "");
    options.put(setting.name(), text);
  }

  /** Sets a value in the file. */
  public void set(Setting<?> setting, String text) {
    setting.parse(text, "");
    stored.put(setting.name(), text.strip());
    write();
  }

  /** Takes a value out of the file. */
  public void reset(Setting<?> setting) {
    if (stored.remove(setting.name()) != null) {
      write();
    }
  }

  private static List<String> variables(Setting<?> setting) {
    List<String> others = OTHER_VARIABLES.getOrDefault(setting.name(), List.of());
    return others.isEmpty()
        ? List.of(setting.variable())
        : List.of(setting.variable(), others.getFirst());
  }

  private void write() {
    // the token may be among them
    DurableFile.writePrivate(file, Json.pretty(stored));
  }

  // the streaming parser alone: the data binding costs start-up time that every command would pay
  private static Map<String, String> read(Path file) {
    Map<String, String> values = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return values;
    }
    JsonFactory factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw Problem.badFile("'" + file + "' is too large for a settings file");
      }
      try (JsonParser parser =
          factory.createParser(ObjectReadContext.empty(), Files.readAllBytes(file))) {
        readObject(parser, values, file);
      }
    } catch (IOException e) {
      throw DurableFile.cannotRead(file, e);
    } catch (JacksonException e) {
      throw Json.problem(file.toString(), e);
    }
    return values;
  }

  private static void readObject(JsonParser parser, Map<String, String> values, Path file) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw Problem.badFile("'" + file + "' is not a JSON object of settings");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      Setting<?> setting = named(parser.currentName());
      JsonToken token = parser.nextToken();
      if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
        throw Problem.badFile("'" + file + "': " + setting.name() + ": not a single value");
      }
      String text = parser.getString();
      setting.parse(text, ", from " + file);
      values.put(setting.name(), text);
    }
  }
}
