package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code config list} says of where values come from, and what {@code config set} offers. */
class ConfigListTest {
  @TempDir Path folder;

  @Test
  void everyValueSaysWhereItComesFromAndWhatNobodyCanUseIsTold() {
    Map<String, String> environment = Map.of("SLM_SERVICE_PORT", "99999999");
    Settings settings = Settings.load(folder.resolve("settings.json"), environment, Map.of());
    settings.set(Settings.named("threads"), "2");
    settings.override(Settings.named("engine"), "ort");
    CommandSpec[] specs = new ConfigCommands(settings).commands().toArray(CommandSpec[]::new);
    TestShell shell = new TestShell(folder, "", specs);

    assertThat(shell.run("config list")).isZero();

    assertThat(shell.out().lines().map(line -> line.replaceAll("  +", "|")))
        .anyMatch(line -> line.startsWith("service.port|99999999|SLM_SERVICE_PORT|"))
        .anyMatch(line -> line.startsWith("threads|2|file|"))
        .anyMatch(line -> line.startsWith("engine|ort|the command line|"))
        .anyMatch(line -> line.startsWith("ttl|10|default|"))
        .anyMatch(line -> line.startsWith("seed|-|"));
    assertThat(shell.err()).startsWith("warning: '99999999' is no value for 'service.port'");
  }

  @Test
  void theValuesOfTheNamedSettingAreOffered() {
    Settings settings = Settings.load(folder.resolve("settings.json"), Map.of(), Map.of());
    CommandCompleter completer =
        new CommandCompleter(new CommandIndex(new ConfigCommands(settings).commands()));

    assertThat(completer.offers(List.of("config", "set", "hub.offline", "t")))
        .extracting(Completion::text)
        .containsExactly("true", "false");
  }
}
