package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.slm.acquire.FaultHub;
import dev.slm.acquire.HubSettings;
import dev.slm.acquire.Limits;
import dev.slm.acquire.ModelHub;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Staging;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.profile.Profiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDownloadTest {
  private static final Wanted RAW =
      new Wanted("acme/tiny", Optional.empty(), Optional.empty(), true);

  @TempDir Path folder;
  private final FaultHub hub = new FaultHub();
  private final Profiles profiles = Profiles.shipped();
  private final List<String> converted = new ArrayList<>();

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void rawDownloadKeepsTheCheckpointWithItsCommitAndLicence() {
    String commit = hub.commit(checkpoint(20_000));

    CachedModel model = download().bring(RAW, Progress.NONE);

    assertThat(model.name()).isEqualTo("tiny-checkpoint");
    assertThat(model.kind()).isEqualTo(Manifest.Kind.CHECKPOINT);
    assertThat(model.licence()).isEqualTo("apache-2.0");
    assertThat(model.family()).isEqualTo("qwen2");
    assertThat(model.parameters()).isEqualTo(5000);
    assertThat(model.manifest().orElseThrow().source())
        .isEqualTo(new Manifest.Source("acme/tiny", commit));
    assertThat(model.folder().resolve("model.safetensors")).exists();
    assertThat(cache().temporaryBytes()).isZero();
  }

  @Test
  void modelInTheCacheNeedsNoConnection() {
    hub.commit(checkpoint(100));
    CachedModel first = download().bring(RAW, Progress.NONE);
    int connections = hub.connections();

    CachedModel second = offline().bring(RAW, Progress.NONE);
    Problem problem =
        catchThrowableOfType(
            Problem.class, () -> offline().bring(Wanted.of("acme/other"), Progress.NONE));

    assertThat(second).isEqualTo(first);
    assertThat(hub.connections()).isEqualTo(connections);
    assertThat(problem.what()).isEqualTo("the network is switched off");
  }

  @Test
  void readyFolderOfThePrecisionIsTakenAsItIs() {
    hub.commit(
        Map.of(
            "cpu/cpu-int8/genai_config.json",
            text("{\"model\":{\"type\":\"qwen2\",\"context_length\":512}}"),
            "cpu/cpu-int8/model.onnx",
            text("graph"),
            "LICENSE",
            text("free")));
    Wanted wanted = new Wanted("acme/tiny", Optional.of(Precision.INT8), Optional.empty(), false);

    CachedModel model = download().bring(wanted, Progress.NONE);

    assertThat(model.name()).isEqualTo("tiny-int8");
    assertThat(model.kind()).isEqualTo(Manifest.Kind.MODEL);
    assertThat(model.contextLength()).isEqualTo(512);
    assertThat(model.folder().resolve("genai_config.json")).exists();
    assertThat(model.folder().resolve("LICENSE")).hasContent("free");
    assertThat(converted).isEmpty();
  }

  @Test
  void checkpointIsConvertedWithTheRecommendedRecipeAndThenLeft() {
    hub.commit(checkpoint(100));

    download().bring(Wanted.of("acme/tiny"), Progress.NONE);

    assertThat(converted).containsExactly("tiny int4");
    assertThat(cache().temporaryBytes()).isZero();
  }

  @Test
  void conversionThatFailsKeepsTheDownload() {
    hub.commit(checkpoint(50_000));
    ModelDownload failing =
        download(
            (_, _, _) -> {
              throw Problem.failed("no room");
            });
    assertThat(
            catchThrowableOfType(
                Problem.class, () -> failing.bring(Wanted.of("acme/tiny"), Progress.NONE)))
        .isNotNull();
    long before = hub.fileBytes();

    download().bring(Wanted.of("acme/tiny"), Progress.NONE);

    assertThat(hub.fileBytes()).isEqualTo(before);
  }

  @Test
  void laterRunGoesOnWhereTheFirstEnded() {
    Map<String, byte[]> files = checkpoint(200_000);
    hub.commit(files);
    // a client may lose what came just before a line broke, hence several times
    AtomicInteger cuts = new AtomicInteger();
    hub.onFile(
        exchange -> {
          if (exchange.path.endsWith("model.safetensors")) {
            exchange.cutAfter(cuts.getAndIncrement() < 3 ? 30_000 : 0);
          } else {
            exchange.normal();
          }
        });
    assertThat(
            catchThrowableOfType(Problem.class, () -> download().bring(RAW, Progress.NONE))
                .status())
        .isEqualTo(Problem.Status.UNREACHABLE);
    assertThat(cache().list()).isEmpty();
    hub.onFile(FaultHub.Exchange::normal);
    long before = hub.fileBytes();

    CachedModel model = download().bring(RAW, Progress.NONE);

    assertThat(model.state()).isEqualTo(CachedModel.State.READY);
    assertThat(hub.fileBytes() - before).isLessThan(190_000);
  }

  @Test
  void newCommitKeepsFilesThatDidNotChangeAndMixesNone() {
    Map<String, byte[]> files = checkpoint(100_000);
    hub.commit(files);
    hub.onFile(
        exchange -> {
          if (exchange.path.endsWith("config.json")) {
            exchange.normal();
          } else {
            exchange.cutAfter(0);
          }
        });
    assertThat(catchThrowableOfType(Problem.class, () -> download().bring(RAW, Progress.NONE)))
        .isNotNull();
    String commit = hub.commit(checkpoint(80_000));
    hub.onFile(FaultHub.Exchange::normal);

    CachedModel model = download().bring(RAW, Progress.NONE);

    assertThat(model.manifest().orElseThrow().source().commit()).isEqualTo(commit);
    assertThat(model.parameters()).isEqualTo(20_000);
  }

  @Test
  void twoAtOnceDownloadOnce() throws InterruptedException {
    hub.commit(checkpoint(300_000));
    List<CachedModel> models = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(Thread.ofVirtual().start(() -> models.add(download().bring(RAW, Progress.NONE))));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(models).hasSize(4).allMatch(models.getFirst()::equals);
    assertThat(hub.fileBytes()).isLessThan(2 * 300_000);
  }

  @Test
  void planSaysWhatWouldComeAndFetchesNothing() {
    String commit = hub.commit(checkpoint(1000));

    DownloadPlan plan = download().plan(Wanted.of("acme/tiny"), Progress.NONE).orElseThrow();

    assertThat(plan.commit()).isEqualTo(commit);
    assertThat(plan.isConverted()).isTrue();
    assertThat(plan.files())
        .extracting(DownloadPlan.PlannedFile::path)
        .containsExactlyInAnyOrder("config.json", "tokenizer.json", "model.safetensors");
    assertThat(hub.fileBytes()).isZero();
  }

  @Test
  void demoModelComesFromTheProgramItself() {
    CachedModel model =
        offline()
            .bring(new Wanted("slm-demo", Optional.empty(), Optional.empty(), true), Progress.NONE);

    assertThat(model.name()).isEqualTo("slm-demo-checkpoint");
    assertThat(model.family()).isEqualTo("qwen2");
  }

  @Test
  void unknownNameSuggestsTheNearest() {
    Problem problem =
        catchThrowableOfType(
            Problem.class, () -> download().bring(Wanted.of("qwen2.5-0.5"), Progress.NONE));

    assertThat(problem.what()).isEqualTo("no model in the catalog named 'qwen2.5-0.5'");
    assertThat(problem.why().orElse("")).contains("qwen2.5-0.5b");
    assertThat(problem.status()).isEqualTo(Problem.Status.USAGE);
  }

  @Test
  void twoDifferentRevisionsAreRefused() {
    Wanted wanted = new Wanted("acme/tiny@v1", Optional.empty(), Optional.of("v2"), true);

    assertThat(
            catchThrowableOfType(Problem.class, () -> download().bring(wanted, Progress.NONE))
                .what())
        .isEqualTo("two revisions: 'v1' and 'v2'");
  }

  private ModelDownload download() {
    return download(
        (checkpoint, recipe, progress) -> {
          converted.add(checkpoint.alias() + " " + recipe);
          Filing filing = new Filing(cache(), profiles.families(), "test");
          Filing.Source source =
              new Filing.Source(checkpoint.alias(), checkpoint.source(), checkpoint.licence());
          try (Staging staging = filing.claim(source, "made", progress)) {
            Files.copy(
                checkpoint.folder().resolve("model.safetensors"),
                staging.folder().resolve("model.safetensors"));
            return filing.commit(staging, source, "made", Optional.of(Precision.INT4), progress);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private ModelDownload download(Conversion conversion) {
    HubSettings settings =
        HubSettings.of(hub.endpoint(), "", Map.of())
            .with(Limits.quick(Duration.ofSeconds(20), 16 * 1024));
    return new ModelDownload(
        cache(), profiles, () -> ModelHub.of(settings, List.of()), Optional.of(conversion), "test");
  }

  private ModelDownload offline() {
    return new ModelDownload(
        cache(),
        profiles,
        () -> {
          throw ModelDownload.offline();
        },
        Optional.empty(),
        "test");
  }

  private ModelCache cache() {
    return ModelCache.at(folder.resolve("models"));
  }

  /** A checkpoint with one tensor of so many bytes. */
  static Map<String, byte[]> checkpoint(int bytes) {
    byte[] header =
        text(
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(bytes / 4, bytes));
    ByteBuffer file = ByteBuffer.allocate(8 + header.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(header.length).put(header);
    return Map.of(
        "config.json",
        text("{\"model_type\":\"qwen2\",\"max_position_embeddings\":256}"),
        "tokenizer.json",
        text("{}"),
        "pytorch_model.bin",
        text("pickle"),
        "model.safetensors",
        file.array());
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
