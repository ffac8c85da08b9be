package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Settings;
import dev.slm.model.GenerationSettings;
import dev.slm.session.GenerationSetting;
import dev.slm.session.Lease;
import dev.slm.session.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code /set}: how answers are chosen and shown. */
final class ChatSettings {
  static final String REASONING = Settings.REASONING.name();
  static final String THINKING = "thinking";
  private static final String DEFAULT = "default";

  /** What a loaded model has for good, also by the names of other programs, in the settings. */
  private static final Map<String, String> CONFIG =
      Map.of(
          "context_length", "context_length",
          "num_ctx", "context_length",
          "threads", "threads",
          "num_thread", "threads",
          "engine", "engine");

  private final Chat chat;
  private final Session session;

  ChatSettings(Chat chat) {
    this.chat = chat;
    session = chat.session();
  }

  /** All names, in the order of the list. */
  static List<String> names() {
    List<String> names =
        new ArrayList<>(GenerationSetting.all().stream().map(GenerationSetting::name).toList());
    names.add(REASONING);
    names.add(THINKING);
    return names;
  }

  /** What may follow a name. */
  static List<String> values(String name) {
    return switch (name) {
      case "reasoning" -> Settings.REASONING.choices();
      case THINKING -> List.of("on", "off", DEFAULT);
      default -> List.of(DEFAULT);
    };
  }

  /** {@code [NAME [VALUE]]}; the habits of other programs work too. */
  void set(String rest) {
    String[] words = rest.replaceFirst("^parameter\\s+", "").split("\\s*=\\s*|\\s+", 2);
    String name = words[0].toLowerCase(Locale.ROOT).replace('-', '_');
    if (rest.isEmpty() || name.equals("parameter")) {
      list();
    } else if (name.equals("think") || name.equals("nothink")) {
      change(THINKING, name.equals("think") ? "on" : "off");
    } else if (CONFIG.containsKey(name)) {
      throw Problem.usage("'" + words[0] + "' is fixed while a model is loaded")
          .next("/exit, config set " + CONFIG.get(name) + " VALUE, model run NAME");
    } else if (words.length < 2) {
      throw Problem.usage("'" + words[0] + "' needs a value").next("/set for what it takes");
    } else {
      change(name, words[1].strip());
    }
  }

  private void change(String name, String value) {
    String canonical =
        switch (name) {
          case "reasoning" -> {
            chat.settings().override(Settings.REASONING, standard(value));
            yield name;
          }
          case THINKING -> {
            session.thinking(thinking(value));
            yield name;
          }
          default ->
              value.equals(DEFAULT)
                  ? session.overrides().reset(name)
                  : session.overrides().set(name, value);
        };
    chat.screen()
        .note(canonical + (value.equals(DEFAULT) ? " is as without /set" : " is " + value));
  }

  private static String standard(String value) {
    return value.equals(DEFAULT) ? Settings.REASONING.standard() : value;
  }

  private Optional<Boolean> thinking(String value) {
    try (Lease lease = session.lease(chat.call().progress())) {
      if (!lease.model().canSwitchThinking()) {
        throw Problem.usage("'" + lease.model().name() + "' has no switch for thinking");
      }
    }
    return switch (value) {
      case "on", "true" -> Optional.of(true);
      case "off", "false" -> Optional.of(false);
      case DEFAULT -> Optional.empty();
      default -> throw Problem.usage("'" + value + "' is not on, off or " + DEFAULT);
    };
  }

  /** Every setting with its value, who chose it, and what it takes. */
  void list() {
    Table table = Table.of("!SETTING", "NOW", "?BY", "!TAKES", "WHAT IT DOES").wrapsLast();
    try (Lease lease = session.lease(chat.call().progress())) {
      GenerationSettings now = session.settings(lease.model());
      for (GenerationSetting setting : GenerationSetting.all()) {
        table.row(
            setting.name(),
            setting.now().apply(now),
            by(session.overrides().isSet(setting.name())),
            setting.takes(),
            setting.says());
      }
      table.row(
          REASONING,
          chat.settings().get(Settings.REASONING),
          isOfPerson() ? "you" : "-",
          String.join(", ", Settings.REASONING.choices()),
          "how a model's thoughts are shown");
      if (lease.model().canSwitchThinking()) {
        Optional<Boolean> wanted = session.thinking();
        table.row(
            THINKING,
            wanted.map(value -> value ? "on" : "off").orElse("-"),
            by(wanted.isPresent()),
            "on, off",
            "whether the model thinks before it answers");
      }
    }
    chat.screen().table(table);
  }

  private boolean isOfPerson() {
    return chat.settings().value(Settings.REASONING).source() != Settings.Source.STANDARD;
  }

  private static String by(boolean isPerson) {
    return isPerson ? "you" : "model";
  }
}
