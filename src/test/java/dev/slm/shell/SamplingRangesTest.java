package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Problem;
import dev.slm.base.Setting;
import dev.slm.base.Settings;
import dev.slm.session.GenerationOverrides;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A value is good, or not, wherever people give it. */
class SamplingRangesTest {
  private static final List<String> VALUES =
      List.of(
          "-9223372036854775808",
          "-1000",
          "-101",
          "-3",
          "-2",
          "-1.5",
          "-1",
          "-0.1",
          "0",
          "0.001",
          "0.01",
          "0.5",
          "1",
          "1.5",
          "2",
          "2.5",
          "5",
          "5.1",
          "10",
          "10.1",
          "1000",
          "1001",
          "1000000",
          "1000001",
          "2147483647",
          "2147483648",
          "99999999999999999999",
          "NaN",
          "Infinity",
          "x",
          "");

  private static final Map<String, Setting<?>> STORED =
      Settings.all().stream().collect(Collectors.toMap(Setting::name, setting -> setting));

  static List<String> names() {
    return GenerationOverrides.names().stream().filter(name -> !name.equals("stop")).toList();
  }

  @ParameterizedTest
  @MethodSource("names")
  void theRangeIsTheSameOnTheCommandLineInTheSettingsAndInAChat(String name) {
    Values option = option(name);
    for (String value : VALUES) {
      boolean inChat = isTaken(() -> new GenerationOverrides().set(name, value));

      assertThat(option.mistake(value).isEmpty()).as("--%s %s", name, value).isEqualTo(inChat);
      if (STORED.containsKey(name)) {
        boolean stored = isTaken(() -> STORED.get(name).parse(value, ""));
        assertThat(stored).as("config set %s %s", name, value).isEqualTo(inChat);
      }
    }
  }

  @Test
  void whatIsSetForGoodCanBeSetForAChatToo() {
    assertThat(Set.copyOf(names()))
        .containsAll(
            Set.of("temperature", "top_p", "top_k", "min_p", "repetition_penalty", "seed"));
    assertThat(STORED).containsKeys("temperature", "top_p", "top_k", "min_p", "seed", "max_tokens");
  }

  private static Values option(String name) {
    TalkCommands commands =
        new TalkCommands(
            () -> {
              throw new IllegalStateException("nothing is run");
            },
            Settings.load(Path.of("none"), Map.of(), Map.of()),
            (_, _) -> {},
            List::of,
            List::of);
    return commands.commands().stream()
        .filter(command -> command.name().equals("model run"))
        .flatMap(command -> command.options().stream())
        .filter(option -> option.isNamed("--" + name))
        .findFirst()
        .orElseThrow()
        .values();
  }

  private static boolean isTaken(Runnable setting) {
    try {
      setting.run();
      return true;
    } catch (Problem refused) {
      return false;
    }
  }
}
