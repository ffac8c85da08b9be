package dev.slm.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("config/settings.json");
  }

  private Settings load(Map<String, String> environment) {
    return Settings.load(file(), environment, Map.of());
  }

  @Test
  void optionsWinOverEnvironmentOverFileOverDefault() {
    Settings settings = load(Map.of());
    assertThat(settings.get(Settings.SERVICE_PORT)).isEqualTo(5273);

    settings.set(Settings.SERVICE_PORT, "1111");
    assertThat(load(Map.of()).get(Settings.SERVICE_PORT)).isEqualTo(1111);

    Settings overridden = load(Map.of("SLM_SERVICE_PORT", "2222"));
    assertThat(overridden.get(Settings.SERVICE_PORT)).isEqualTo(2222);
    assertThat(overridden.value(Settings.SERVICE_PORT).place()).isEqualTo("SLM_SERVICE_PORT");

    overridden.override(Settings.SERVICE_PORT, "3333");
    assertThat(overridden.get(Settings.SERVICE_PORT)).isEqualTo(3333);
    assertThat(load(Map.of()).get(Settings.SERVICE_PORT)).isEqualTo(1111);
  }

  @Test
  void valuesOutOfRangeNameTheirOriginAndTheRange() {
    Settings settings = load(Map.of("SLM_SERVICE_PORT", "99999"));

    assertThatThrownBy(() -> settings.get(Settings.SERVICE_PORT))
        .hasMessage(
            "'99999' is no value for 'service.port', from SLM_SERVICE_PORT (it takes 0 to 65535)");
    assertThatThrownBy(() -> settings.set(Settings.TEMPERATURE, "NaN"))
        .hasMessage("'NaN' is no value for 'temperature' (it takes 0 to 5)");
    assertThat(file()).doesNotExist();
  }

  @Test
  void resettingBringsTheDefaultBack() {
    Settings settings = load(Map.of());
    settings.set(Settings.REASONING, "hide");
    settings.set(Settings.TOP_P, "0.9");

    settings.reset(Settings.REASONING);

    assertThat(load(Map.of()).get(Settings.REASONING)).isEqualTo("dim");
    assertThat(load(Map.of()).find(Settings.TOP_P)).contains(0.9);
  }

  @Test
  void whatHasNoDefaultIsEmpty() {
    assertThat(load(Map.of()).find(Settings.TEMPERATURE)).isEmpty();
    assertThat(load(Map.of("SLM_TEMPERATURE", " ")).find(Settings.TEMPERATURE)).isEmpty();
  }

  @Test
  void theHubsOwnVariableIsUnderstoodAndOursWins() {
    Map<String, String> both = Map.of("HF_TOKEN", "theirs", "SLM_HUB_TOKEN", "ours");

    assertThat(load(Map.of("HF_TOKEN", "theirs")).get(Settings.HUB_TOKEN)).isEqualTo("theirs");
    assertThat(load(both).get(Settings.HUB_TOKEN)).isEqualTo("ours");
  }

  @Test
  void aBrokenFileIsAProblemThatNamesIt() throws IOException {
    Files.createDirectories(folder.resolve("config"));
    List<String> broken =
        List.of("", "[]", "{\"service.port\": [1]}", "{\"service.port\": 1, ", "{\"x\": 1}");
    for (String text : broken) {
      Files.writeString(file(), text);

      assertThatThrownBy(() -> load(Map.of())).as(text).isInstanceOf(Problem.class);
    }
    Files.writeString(file(), "{\"service.port\": 99999}");
    assertThatThrownBy(() -> load(Map.of()))
        .hasMessageContaining("from " + file())
        .hasMessageContaining("it takes 0 to 65535");
  }

  @Test
  void numbersAndBooleansMayStandInTheFileAsSuch() throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(file(), "{\"service.port\": 81, \"plain\": true, \"top_p\": 0.5}");

    Settings settings = load(Map.of());

    assertThat(settings.get(Settings.SERVICE_PORT)).isEqualTo(81);
    assertThat(settings.get(Settings.PLAIN)).isTrue();
    assertThat(settings.get(Settings.TOP_P)).isEqualTo(0.5);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no such permissions")
  void theFileIsForItsOwnerAloneAlsoWhenAnOlderOneWasNot() throws IOException {
    Files.createDirectories(folder.resolve("config"));
    Files.writeString(file(), "{}");
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

    load(Map.of()).set(Settings.HUB_TOKEN, "hf_example");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void namesAreUniqueSentencesEndAndDefaultsParse() {
    assertThat(new TreeSet<>(Settings.all().stream().map(Setting::name).toList()))
        .hasSameSizeAs(Settings.all());
    for (Setting<?> setting : Settings.all()) {
      assertThat(setting.says()).as(setting.name()).endsWith(".");
      if (!setting.standard().isEmpty()) {
        assertThat(setting.parse(setting.standard(), "")).isNotNull();
      }
    }
  }
}
