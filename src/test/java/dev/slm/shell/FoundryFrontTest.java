package dev.slm.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slm.base.Progress;
import dev.slm.base.Settings;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Staging;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.serve.work.Downloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that workshops show of the old Foundry CLI. */
class FoundryFrontTest {
  @TempDir Path home;
  private final StringWriter out = new StringWriter();
  private Settings settings;
  private FoundryFront front;

  @BeforeEach
  void start() {
    settings =
        Settings.load(
            home.resolve("settings.json"),
            Map.of(),
            Map.of(Settings.CACHE_FOLDER.name(), home.resolve("models").toString()));
    Screen screen =
        new Screen(
            new PrintWriter(out),
            Screen.Looks.PLAIN,
            new PrintWriter(out),
            Screen.Looks.PLAIN,
            () -> 100);
    front =
        new FoundryFront(
            new Folders(home, home, home.resolve("state")),
            settings,
            this::cache,
            () -> new Catalog(),
            screen);
  }

  @Test
  void statusOfNoServiceNamesNoAddress() {
    assertThat(said("service status"))
        .startsWith("🔴 Model management service is not running!\n")
        .doesNotContain("http");
    assertThat(said("service stop")).isEqualTo("🔴 Service is stopped.\n");
  }

  @Test
  void catalogIsATableWithTheOldColumns() {
    assertThat(said("model list"))
        .isEqualTo(
            """
            Alias         Device  Task             File Size  License     Model ID
            phi-4-mini    CPU     chat-completion    2.50 GB  mit         phi-4-mini-int4
            qwen2.5-0.5b  CPU     chat-completion    0.80 GB  apache-2.0  qwen2.5-0.5b-int4
            """);
  }

  @Test
  void catalogIsFilteredByKeyAndValue() {
    assertThat(said("model list --filter alias=QWEN*")).contains("qwen2.5").doesNotContain("phi");
    assertThat(said("model list --filter alias=!qwen*")).contains("phi").doesNotContain("qwen");
    assertThat(said("model list --filter device=GPU")).doesNotContain("qwen", "phi");
    assertThat(said("model list --filter colour=red")).contains("no filter 'colour'");
  }

  @Test
  void cacheIsListedAndModelsAreRemovedWithTheOldLines() {
    assertThat(said("cache location"))
        .isEqualTo("💾 Cache directory path: " + home.resolve("models") + "\n");
    assertThat(said("cache ls")).isEqualTo("No models cached on device\n");
    add("tiny-int4");

    assertThat(said("cache list"))
        .isEqualTo(
            """
            Models cached on device:
            Alias    Model ID
            💾 tiny  tiny-int4
            """);
    assertThat(said("cache remove tiny --yes"))
        .isEqualTo("Deleted model tiny-int4 from the cache.\n");
    assertThat(cache().list()).isEmpty();
  }

  @Test
  void nothingIsRemovedWhereNobodyCanBeAsked() {
    add("tiny-int4");

    assertThat(said("cache remove tiny")).contains("foundry cache remove tiny-int4 --yes");
    assertThat(cache().list()).hasSize(1);
  }

  @Test
  void unknownModelIsToldInTheOldWords() {
    String unknown = "Exception: Model tinny was not found in the catalog or local cache.\n";

    assertThat(said("model load tinny")).isEqualTo(unknown);
    assertThat(said("model unload tinny")).isEqualTo(unknown);
    assertThat(said("cache remove tinny --yes")).isEqualTo(unknown);
  }

  @Test
  void cacheFolderChangesAtOnce() {
    Path other = home.resolve("other models");

    assertThat(run(List.of("cache", "cd", other.toString()))).hasValue(0);
    assertThat(out.toString()).isEqualTo("💾 Cache directory path: " + other + "\n");
    assertThat(other).isDirectory();
  }

  @Test
  void settingsAreShownAsJson() {
    assertThat(said("service set --port 5274"))
        .contains("\"port\" : 5274", "\"defaultSecondsForModelTTL\" : 600");
  }

  @Test
  void everythingElseIsOurs() {
    assertThat(run(List.of("model", "run", "tiny"))).isEmpty();
    assertThat(run(List.of("model", "list", "--json"))).isEmpty();
    assertThat(run(List.of("cache", "ls", "--help"))).isEmpty();
  }

  private String said(String line) {
    out.getBuffer().setLength(0);
    assertThat(run(List.of(line.split(" ")))).isPresent();
    return out.toString();
  }

  private OptionalInt run(List<String> words) {
    return front.run(words);
  }

  private ModelCache cache() {
    return ModelCache.at(Path.of(settings.get(Settings.CACHE_FOLDER)));
  }

  private void add(String name) {
    try (Staging staging = cache().stage("custom", name)) {
      Files.writeString(staging.folder().resolve("genai_config.json"), "{}");
      Files.writeString(staging.folder().resolve("model.onnx"), "graph");
      Manifest facts =
          new Manifest(
              Manifest.FORMAT,
              name,
              "tiny",
              Manifest.Kind.MODEL,
              Precision.INT4,
              "qwen2",
              1,
              64,
              new Manifest.Source("here", ""),
              "",
              Map.of(),
              "",
              "test",
              Instant.EPOCH,
              Map.of(),
              List.of());
      staging.commit(facts, Progress.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two models that can be fetched. */
  private static final class Catalog implements Downloads {
    @Override
    public List<Offer> offers() {
      return List.of(
          offer("qwen2.5-0.5b", "apache-2.0", 858_993_459L),
          offer("phi-4-mini", "mit", 2_684_354_560L));
    }

    private static Offer offer(String alias, String licence, long bytes) {
      return new Offer(alias + "-int4", alias, "owner", "https://hub", licence, bytes, 4096);
    }

    @Override
    public void fetch(String name, Optional<String> token, Progress progress) {
      throw new AssertionError("nothing is fetched here");
    }
  }
}
