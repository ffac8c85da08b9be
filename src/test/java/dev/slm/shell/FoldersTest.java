package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FoldersTest {
  private static final Path HOME = Path.of("/home/ann").toAbsolutePath();

  @Test
  void linuxHasThePlacesOfXdg() {
    assertThat(Folders.of(Map.of(), HOME, "Linux"))
        .isEqualTo(
            new Folders(
                HOME.resolve(".config/slm"),
                HOME.resolve(".local/state/slm"),
                HOME.resolve(".cache/slm/models")));
  }

  @Test
  void variablesOfXdgMoveThemUnlessTheyAreRelative() {
    Path elsewhere = HOME.resolve("elsewhere");
    Map<String, String> environment =
        Map.of("XDG_CONFIG_HOME", elsewhere.toString(), "XDG_STATE_HOME", "relative");

    Folders folders = Folders.of(environment, HOME, "Linux");

    assertThat(folders.settings()).isEqualTo(elsewhere.resolve("slm/settings.json"));
    assertThat(folders.history()).isEqualTo(HOME.resolve(".local/state/slm/history"));
  }

  @Test
  void macAndWindowsHaveTheirOwnPlaces() {
    Path local = HOME.resolve("Local");
    Map<String, String> windows = Map.of("LOCALAPPDATA", local.toString());

    assertThat(Folders.of(Map.of(), HOME, "Mac OS X").config())
        .isEqualTo(HOME.resolve("Library/Application Support/slm"));
    assertThat(Folders.of(windows, HOME, "Windows 11").config())
        .isEqualTo(HOME.resolve("AppData/Roaming/slm"));
    assertThat(Folders.of(windows, HOME, "Windows 11").cache())
        .isEqualTo(local.resolve("slm/models"));
  }

  @Test
  void oneVariablePutsAllBelowOneFolder() {
    Folders folders = Folders.of(Map.of("SLM_HOME", "/srv/slm"), HOME, "Linux");

    assertThat(folders.cache()).isEqualTo(Path.of("/srv/slm/models").toAbsolutePath());
    assertThat(folders.settings())
        .isEqualTo(Path.of("/srv/slm/config/settings.json").toAbsolutePath());
  }
}
