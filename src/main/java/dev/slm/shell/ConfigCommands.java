package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.base.Setting;
import dev.slm.base.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Shows and changes settings. */
public final class ConfigCommands implements CommandGroup {
  private static final String GROUP = "Settings";

  /** Columns below which a table of four columns cannot be read. */
  private static final int NARROW = 72;

  private final Settings settings;

  public ConfigCommands(Settings settings) {
    this.settings = settings;
  }

  @Override
  public List<CommandSpec> commands() {
    return List.of(list(), get(), set(), reset());
  }

  private CommandSpec list() {
    return CommandSpec.named("config list")
        .aliases("config show", "config ls")
        .group(GROUP)
        .says("Lists the settings with their values and where these come from.")
        .json()
        .flag("--markdown", "print names, ranges and defaults as Markdown")
        .example("config list", "every setting, its value and its origin")
        .runs(
            call -> {
              if (call.flag("json")) {
                call.screen().json(Settings.all().stream().map(this::fields).toList());
              } else if (call.flag("markdown")) {
                reference().forEach(call.screen()::line);
              } else {
                show(call.screen());
              }
            });
  }

  private void show(Screen screen) {
    if (screen.lineWidth() < NARROW) {
      lines(screen);
    } else {
      screen.table(table());
    }
    settings.mistakes().forEach(mistake -> screen.warn(String.valueOf(mistake.getMessage())));
  }

  private CommandSpec get() {
    return CommandSpec.named("config get")
        .group(GROUP)
        .says("Prints the value of a setting.")
        .argument("NAME", "the setting", names())
        .example("config get service.port", "prints 5273 unless you changed it")
        .runs(call -> call.screen().line(shown(Settings.named(call.argument("NAME")))));
  }

  private CommandSpec set() {
    return CommandSpec.named("config set")
        .group(GROUP)
        .says("Changes a setting, for this run and every later one.")
        .argument("NAME", "the setting, or NAME=VALUE", names())
        .optionalArgument("VALUE", "its value; left out, it is asked for", choices())
        .example("config set service.port 8080", "the service listens on port 8080")
        .example("config set hub.token", "asks for the token, so that it is kept nowhere else")
        .runs(this::set);
  }

  private static Values choices() {
    return Values.following(
        before ->
            Settings.all().stream()
                .filter(setting -> setting.name().equals(before.getFirst()))
                .flatMap(setting -> setting.choices().stream())
                .toList());
  }

  private void set(Call call) {
    String name = call.argument("NAME");
    int equals = name.indexOf('=');
    Setting<?> setting = Settings.named(equals < 0 ? name : name.substring(0, equals));
    String value =
        equals < 0
            ? call.optional("VALUE").or(() -> ask(call, setting)).orElse("")
            : name.substring(equals + 1);
    if (value.isBlank()) {
      throw Problem.usage("no value for '" + setting.name() + "'")
          .why("it takes " + setting.range())
          .next("config reset " + setting.name());
    }
    settings.set(setting, value);
    call.screen().note(setting.name() + " is " + shown(setting));
    Settings.Source winner = settings.value(setting).source();
    if (winner != Settings.Source.FILE) {
      call.screen().warn(settings.value(setting).place() + " sets it too and wins");
    }
  }

  private static Optional<String> ask(Call call, Setting<?> setting) {
    String prompt = setting.name() + ": ";
    return setting.isSecret() ? call.input().secret(prompt) : call.input().line(prompt);
  }

  private CommandSpec reset() {
    return CommandSpec.named("config reset")
        .group(GROUP)
        .says("Gives settings their default values again.")
        .someArguments("NAME", "the settings", names())
        .example("config reset service.port", "5273 again")
        .runs(
            call -> {
              List<? extends Setting<?>> all =
                  call.arguments("NAME").stream().map(Settings::named).toList();
              for (Setting<?> setting : all) {
                settings.reset(setting);
                call.screen().note(setting.name() + " is " + shown(setting));
              }
            });
  }

  private Table table() {
    Table table = Table.of("SETTING", "VALUE", "FROM", "MEANS").wrapsLast();
    Settings.all()
        .forEach(
            setting -> table.row(setting.name(), shown(setting), from(setting), setting.says()));
    return table;
  }

  private static List<String> reference() {
    List<String> lines = new ArrayList<>();
    lines.addAll(
        List.of("| setting | takes | default | variable | means |", "|---|---|---|---|---|"));
    for (Setting<?> setting : Settings.all()) {
      lines.add(
          "| `%s` | %s | %s | `%s` | %s |"
              .formatted(
                  setting.name(),
                  setting.range().replace("|", "\\|"),
                  setting.standard(),
                  setting.variable(),
                  setting.says()));
    }
    return lines;
  }

  /** Where columns do not fit: a line for the value, one for the meaning. */
  private void lines(Screen screen) {
    for (Setting<?> setting : Settings.all()) {
      String shown = shown(setting);
      String value = shown.isEmpty() ? " is not set" : " " + shown + " (" + from(setting) + ")";
      screen.line(Text.of(setting.name(), Text.Style.NAME).and(value));
      Text.wrap(setting.says(), screen.lineWidth() - 2)
          .forEach(line -> screen.line(Text.dim("  " + line)));
    }
  }

  private String from(Setting<?> setting) {
    Settings.Value value = settings.value(setting);
    return switch (value.source()) {
      case STANDARD -> value.text().isEmpty() ? "-" : "default";
      case FILE -> "file";
      case ENVIRONMENT, OPTION -> value.place();
    };
  }

  private Map<String, String> fields(Setting<?> setting) {
    Settings.Value value = settings.value(setting);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", setting.name());
    fields.put("value", shown(setting));
    fields.put("source", value.source().name().toLowerCase(Locale.ROOT));
    fields.put("place", value.place());
    fields.put("default", setting.standard());
    fields.put("range", setting.range());
    fields.put("variable", setting.variable());
    fields.put("says", setting.says());
    return fields;
  }

  private String shown(Setting<?> setting) {
    String text = settings.value(setting).text();
    return setting.isSecret() && !text.isEmpty() ? "(hidden)" : text;
  }

  private static Values names() {
    return Values.names(() -> Settings.all().stream().map(Setting::name).toList());
  }
}
