package dev.slm.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.engine.Engines;
import dev.slm.format.Safetensors;
import dev.slm.model.Manifest;
import dev.slm.model.Precision;
import dev.slm.prepare.QuantizeRequest.Limits;
import dev.slm.profile.Profiles;
import dev.slm.quantize.TensorReport;
import dev.slm.quantize.WeightOptions;
import dev.slm.testing.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {
  private static final Path DEMO = Path.of("src/model/checkpoint");

  @TempDir private Path folder;
  private ModelCache cache;
  private Preparation preparation;

  @BeforeEach
  void open() {
    cache = ModelCache.at(folder.resolve("cache"));
    preparation =
        new Preparation(
            cache, Profiles.shipped().families(), new EngineScorer(Engines::load), "test", 2);
  }

  @Test
  void aCheckpointBecomesACompleteModelInTheCache() throws IOException {
    QuantizeRequest request = request(Precision.INT4, "demo-int4");
    Plan plan = preparation.plan(request);

    Prepared made = preparation.run(plan, Progress.NONE);

    CachedModel model = cache.resolve("demo-int4");
    assertThat(model.folder()).isEqualTo(made.folder());
    assertThat(names(model.folder()))
        .contains(
            "model.onnx",
            "model.onnx.data",
            "genai_config.json",
            "inference_model.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "slm_manifest.json")
        .doesNotContain("slm_weights.json", "download.tmp");
    Manifest manifest = model.manifest().orElseThrow();
    assertThat(manifest.options())
        .containsEntry("block-size", "32")
        .containsEntry("algorithm", "rtn")
        .containsEntry("lm-head", "int4");
    assertThat(manifest.source()).isEqualTo(new Manifest.Source("checkpoint", ""));
    assertThat(manifest.quality())
        .containsKeys("perplexity", "kl-mean", "kl-p99", "top1-agreement", "weight-error-layer-3");
    assertThat(made.quality().agreement()).isBetween(0.5, 1.0);
    assertThat(made.quality().tokens()).isGreaterThan(200);
    assertThat((double) plan.resultBytes())
        .isBetween(made.resultBytes() * 0.97, made.resultBytes() * 1.03);
  }

  @Test
  void fp32LosesNothing() {
    Prepared made =
        preparation.run(preparation.plan(request(Precision.FP32, "a-fp32")), Progress.NONE);

    assertThat(made.quality().klMean()).isZero();
    assertThat(made.quality().agreement()).isEqualTo(1);
    assertThat(made.quality().perplexity()).isEqualTo(made.quality().referencePerplexity());
  }

  @Test
  void aModelThatKeepsItsWeightsCanBeQuantizedAgainToTheSameBytes() throws IOException {
    run(unmeasured(request(Precision.FP32, "demo-fp32")));
    run(unmeasured(request(Precision.INT4, "direct-int4")));

    Checkpoint again = Checkpoint.find("demo-fp32", Path.of("demo-fp32"), cache);
    run(unmeasured(request(again, Precision.INT4, "again-int4")));

    for (String file : List.of("model.onnx", "model.onnx.data", "genai_config.json")) {
      assertThat(cache.resolve("again-int4").folder().resolve(file))
          .hasSameBinaryContentAs(cache.resolve("direct-int4").folder().resolve(file));
    }
  }

  @Test
  void thePlanSaysThatWeightsForImagesAreLeftOut() {
    Path folder = TinyModel.writeWithVision("gemma3", this.folder.resolve("checkpoint"));
    Checkpoint checkpoint = Checkpoint.find("checkpoint", folder, cache);
    Plan plan = preparation.plan(unmeasured(request(checkpoint, Precision.FP32, "text-fp32")));

    preparation.run(plan, Progress.NONE);

    assertThat(plan.family()).isEqualTo("gemma3");
    assertThat(plan.notes()).anyMatch(note -> note.contains("for images are left out"));
    assertThat(cache.resolve("text-fp32").parameters()).isEqualTo(plan.parameters());
    Checkpoint again = Checkpoint.find("text-fp32", Path.of("text-fp32"), cache);
    preparation.plan(unmeasured(request(again, Precision.INT8, "text-int8")));
  }

  @Test
  void aQuantizedModelCannotBeQuantizedAgain() {
    run(unmeasured(request(Precision.INT4, "demo-int4")));

    assertThatThrownBy(() -> Checkpoint.find("demo-int4", Path.of("demo-int4"), cache))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("'demo-int4' is quantized already to int4");
  }

  @Test
  void aFolderOfTheUsersGetsTheModelInsteadOfTheCache() throws IOException {
    Path output = folder.resolve("out/model");
    Files.createDirectories(folder.resolve("out"));

    Prepared made =
        run(unmeasured(with(request(Precision.INT8, "demo-int8"), output, Limits.NONE)));

    assertThat(made.folder()).isEqualTo(output);
    assertThat(made.isCached()).isFalse();
    assertThat(names(output)).contains("model.onnx", "slm_manifest.json");
    assertThat(names(folder.resolve("out"))).containsExactly("model");
    assertThat(cache.list()).isEmpty();
    assertThatThrownBy(
            () -> preparation.plan(with(request(Precision.INT8, "x"), output, Limits.NONE)))
        .hasMessageContaining("is not empty");
  }

  @Test
  void aFolderThatWasMadeElsewhereKeepsWhatIsKnownOfIt() {
    Path output = folder.resolve("made/onnx");
    QuantizeRequest wanted = with(request(Precision.FP16, "mine-fp16"), output, Limits.NONE);
    run(unmeasured(wanted));

    CachedModel imported =
        new ModelImport(cache, Profiles.shipped().families(), "test")
            .bring(output, Optional.empty(), Progress.NONE);
    Checkpoint again = Checkpoint.find("onnx", output, cache);

    assertThat(imported.name()).isEqualTo("mine-fp16");
    assertThat(imported.precision()).contains(Precision.FP16);
    assertThat(imported.parameters()).isEqualTo(3_542_784);
    assertThat(imported.manifest().orElseThrow().options()).containsEntry("precision", "fp16");
    assertThat(imported.manifest().orElseThrow().quality()).containsKey("weight-error");
    assertThat(again.alias()).isEqualTo("checkpoint");
    assertThat(Checkpoint.find("mine-fp16", Path.of("mine-fp16"), cache).repository())
        .isEqualTo(again.repository());
  }

  @Test
  void whatAKilledProcessLeftBesideAFolderGoesAway() throws IOException {
    Path left = folder.resolve(".slm-model-999999/.slm/staging/new-x-00/files");
    Files.createDirectories(left);
    Files.writeString(left.resolve("model.onnx.data"), "half");
    Path other = Files.createDirectories(folder.resolve(".slm-model-two-999999"));

    run(unmeasured(with(request(Precision.INT4, "x-int4"), folder.resolve("model"), Limits.NONE)));

    assertThat(folder.resolve(".slm-model-999999")).doesNotExist();
    assertThat(other).exists();
  }

  @Test
  void aNameOfAnotherModelIsRefusedAndOneOfOursIsTold() {
    run(unmeasured(request(Precision.INT4, "demo-int4")));
    Checkpoint hub =
        new Checkpoint(DEMO.toAbsolutePath(), "demo", "Somebody/demo", "", "apache-2.0");

    Plan plan = preparation.plan(unmeasured(request(Precision.INT8, "demo-int4")));

    assertThat(plan.notes()).contains("it takes the place of the 'demo-int4' that is in the cache");
    assertThatThrownBy(
            () -> preparation.plan(unmeasured(request(hub, Precision.INT4, "demo-int4"))))
        .isInstanceOf(Problem.class)
        .hasMessageContainingAll("is the name of another model", "from 'custom'");
  }

  @Test
  void theHubsOwnCacheTellsWhereAModelIsFrom() throws IOException {
    String commit = "0123456789abcdef0123456789abcdef01234567";
    Path snapshot = folder.resolve("hub/models--Qwen--Qwen2.5-Tiny/snapshots/" + commit);
    Path checkpoint = TinyModel.write("qwen2", snapshot);

    Checkpoint found = Checkpoint.find("it", checkpoint, cache);

    assertThat(found.alias()).isEqualTo("qwen2.5-tiny");
    assertThat(found.repository()).isEqualTo("Qwen/Qwen2.5-Tiny");
    assertThat(found.commit()).isEqualTo(commit);
  }

  @Test
  void whatIsMissingIsToldByThePlan() throws IOException {
    Path checkpoint = TinyModel.write("qwen2", folder.resolve("checkpoint"));
    Files.delete(checkpoint.resolve("tokenizer.json"));
    Checkpoint source = Checkpoint.find("c", checkpoint, cache);

    assertThatThrownBy(() -> preparation.plan(request(source, Precision.INT4, "c-int4")))
        .hasMessageContaining("no tokenizer.json in");
  }

  @Test
  void aModelBelowTheLineIsKeptAsideAndNotInTheCache() {
    Limits limits = new Limits(OptionalDouble.of(1e-6), OptionalDouble.empty());
    QuantizeRequest request = with(request(Precision.INT4, "bad-int4"), null, limits);

    assertThatThrownBy(() -> run(request))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.status()).isEqualTo(Problem.Status.FAILED))
        .hasMessageContainingAll(
            "'bad-int4'", "KL divergence", "the limit is 0.000001", "cache/.slm/rejected/bad-int4")
        .satisfies(p -> assertThat(((Problem) p).next().orElseThrow()).contains("cache prune"));

    assertThat(cache.list()).isEmpty();
    assertThat(folder.resolve("cache/.slm/rejected/bad-int4/model.onnx")).exists();
  }

  @Test
  void weightsThatAreNoNumbersAreToldTensorByTensor() throws IOException {
    Path checkpoint = broken();
    Told told = new Told();
    for (Precision precision : List.of(Precision.INT4, Precision.FP16)) {
      QuantizeRequest request =
          request(Checkpoint.find("nan", checkpoint, cache), precision, "nan-" + precision.id());

      preparation.run(preparation.plan(unmeasured(request)), told);

      assertThat(cache.resolve("nan-" + precision.id()).manifest()).isPresent();
    }

    assertThat(told.warnings)
        .contains(
            "'model.norm.weight': 1 values are NaN or infinite and stay so: answers will be"
                + " nonsense",
            "'/model/layers.1/mlp/down_proj/MatMul': 1 values are not numbers (NaN), stored as 0;"
                + " 1 values are infinite, stored as the largest finite value near them",
            "'/model/layers.1/mlp/down_proj/MatMul': 1 values are not numbers (NaN) and stay so:"
                + " answers will be nonsense; 1 values are infinite and stay so: answers will be"
                + " nonsense");
  }

  @Test
  void aModelThatAnswersNonsenseIsBelowEveryLine() throws IOException {
    Checkpoint checkpoint = Checkpoint.find("nan", broken(), cache);
    Limits limits = new Limits(OptionalDouble.of(100), OptionalDouble.empty());
    QuantizeRequest request = with(request(checkpoint, Precision.INT4, "nan-int4"), null, limits);

    assertThatThrownBy(() -> run(request)).hasMessageContaining("below your line for quality");

    assertThat(cache.list()).isEmpty();
    assertThat(cache.rejected()).containsExactly(cache.rejected("nan-int4"));
    assertThat(cache.prune()).isGreaterThan(2_000_000);
    assertThat(cache.rejected()).isEmpty();
  }

  /** The demo checkpoint with a norm and a weight that hold what is no number. */
  private Path broken() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("broken"));
    try (Stream<Path> files = Files.list(DEMO)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (Safetensors weights = Safetensors.open(DEMO);
        FileChannel file =
            FileChannel.open(copy.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
      long norm = offset(weights, "model.norm.weight");
      long projection = offset(weights, "model.layers.1.mlp.down_proj.weight");
      byte[] notANumber = {(byte) 0xC0, 0x7F};
      byte[] infinite = {(byte) 0x80, 0x7F};
      file.write(ByteBuffer.wrap(notANumber), norm);
      file.write(ByteBuffer.wrap(notANumber), projection);
      file.write(ByteBuffer.wrap(infinite), projection + 2);
    }
    return copy;
  }

  private static long offset(Safetensors weights, String name) {
    return Optional.ofNullable(weights.tensors().get(name)).orElseThrow().offset();
  }

  @Test
  void cancellingLeavesNothingBehind() throws IOException {
    for (int stop : List.of(1, 5, 20, 40)) {
      Cancelling progress = new Cancelling(stop);
      Plan plan = preparation.plan(request(Precision.INT4, "demo-int4"));

      assertThatThrownBy(() -> preparation.run(plan, progress))
          .isInstanceOfSatisfying(
              Problem.class, p -> assertThat(p.status()).isEqualTo(Problem.Status.INTERRUPTED));

      assertThat(cache.list()).isEmpty();
      assertThat(cache.temporaryBytes()).isZero();
    }
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeItBegins() {
    QuantizeRequest request = request(Precision.INT4, "demo-int4");

    assertThatThrownBy(() -> preparation.plan(request, new Machine(8L << 30, _ -> 1_000_000)))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.status()).isEqualTo(Problem.Status.CANNOT_WRITE))
        .hasMessageContainingAll("'demo-int4' needs", "of disk", "1 MB are free");
    assertThatThrownBy(() -> preparation.plan(request, new Machine(100L << 20, _ -> 1L << 40)))
        .hasMessageContainingAll("'demo-int4' needs", "of memory");
  }

  @Test
  void withoutRoomForTheUnquantizedWeightsEightBitsStandForThem() {
    Prepared made = runWith(545_000_000, Baseline.EIGHT_BITS, "of memory");

    assertThat(made.quality().forManifest())
        .containsKeys("perplexity", "perplexity-int8", "kl-mean-to-int8", "top1-agreement-to-int8")
        .doesNotContainKey("kl-mean");
    assertThat(made.quality().klMean()).isBetween(0.001, 1.0);
  }

  @Test
  void withRoomForTheResultAloneItsOwnPerplexityIsMeasured() {
    Prepared made = runWith(533_000_000, Baseline.NOTHING, "perplexity");

    assertThat(made.quality().perplexity()).isBetween(1.0, 5.0);
    assertThat(made.quality().forManifest())
        .containsKeys("perplexity", "weight-error")
        .doesNotContainKeys("kl-mean", "top1-agreement", "perplexity-unquantized");
  }

  @Test
  void withoutRoomToRunAnythingTheErrorOfTheWeightsIsKnown() {
    Prepared made = runWith(430_000_000, Baseline.WEIGHTS_ONLY, "error of the weights");

    assertThat(made.quality().isMeasured()).isFalse();
    assertThat(made.quality().forManifest())
        .containsKeys("weight-error", "weight-error-layer-0")
        .doesNotContainKeys("kl-mean", "perplexity");
  }

  private Prepared runWith(long memory, Baseline expected, String told) {
    Machine machine = new Machine(memory, _ -> 1L << 40);
    Plan plan = preparation.plan(request(Precision.INT4, "demo-int4"), machine);
    assertThat(plan.quality().baseline()).isEqualTo(expected);
    assertThat(plan.quality().note()).contains(told, "running the unquantized weights takes");
    return preparation.run(plan, Progress.NONE);
  }

  @Test
  void aTiedTableIsTheHeadInItsPrecisionAndAnotherOneTakesEightBits() {
    for (Precision head : List.of(Precision.INT4, Precision.INT8)) {
      Map<String, String> tied = formats("qwen2", head);
      Map<String, String> untied = formats("llama", head);

      assertThat(tied.get("/model/embed_tokens/Gather")).startsWith(head.id() + "/");
      assertThat(tied).doesNotContainKey("/lm_head/MatMul");
      assertThat(untied.get("/model/embed_tokens/Gather")).startsWith("int8/");
      assertThat(untied.get("/lm_head/MatMul")).startsWith(head.id() + "/");
    }
  }

  private Map<String, String> formats(String kind, Precision head) {
    Path checkpoint = TinyModel.write(kind, folder.resolve(kind));
    QuantizeRequest request =
        new QuantizeRequest(
            Checkpoint.find(kind, checkpoint, cache),
            "",
            WeightOptions.of(Precision.INT4).withHead(head),
            kind + "-" + head.id(),
            Optional.empty(),
            Optional.empty(),
            Limits.NONE,
            false);
    return run(request).quality().weights().stream()
        .collect(Collectors.toMap(TensorReport::node, TensorReport::format));
  }

  @Test
  void codeThatACheckpointNamesIsToldOfAndNeverRun() throws IOException {
    Path checkpoint = broken();
    Path config = checkpoint.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\\{", "{\"auto_map\": {\"AutoModel\": \"x/y--model.Evil\"},"));

    Plan plan =
        preparation.plan(
            request(Checkpoint.find("c", checkpoint, cache), Precision.INT4, "c-int4"));

    assertThat(plan.notes()).anyMatch(note -> note.contains("never fetched and never run"));
  }

  @Test
  void limitsThatCannotBeCheckedAreRefused() {
    Limits limits = new Limits(OptionalDouble.empty(), OptionalDouble.of(0.9));
    QuantizeRequest request = with(request(Precision.INT4, "demo-int4"), null, limits);

    assertThatThrownBy(() -> preparation.plan(request, new Machine(430L << 20, _ -> 1L << 40)))
        .hasMessageContaining("no limit can be checked");
  }

  @Test
  void theUsersOwnTextIsMeasuredOn() throws IOException {
    Path text =
        Files.writeString(folder.resolve("mine.txt"), "How do I list models?\n\nRun cache ls.");
    QuantizeRequest base = request(Precision.INT8, "demo-int8");
    QuantizeRequest request =
        new QuantizeRequest(
            base.source(),
            base.recipe(),
            base.options(),
            base.name(),
            Optional.empty(),
            Optional.of(text),
            Limits.NONE,
            true);

    Prepared made = run(request);

    assertThat(made.quality().measured()).matches("\\d+ tokens of mine.txt texts");
    assertThat(made.quality().tokens()).isBetween(5, 25);
  }

  private Prepared run(QuantizeRequest request) {
    return preparation.run(preparation.plan(request), Progress.NONE);
  }

  private QuantizeRequest request(Precision precision, String name) {
    return request(Checkpoint.find("demo", DEMO, cache), precision, name);
  }

  private static QuantizeRequest request(Checkpoint source, Precision precision, String name) {
    return new QuantizeRequest(
        source,
        "",
        WeightOptions.of(precision),
        name,
        Optional.empty(),
        Optional.empty(),
        Limits.NONE,
        true);
  }

  private static QuantizeRequest with(QuantizeRequest base, @Nullable Path output, Limits limits) {
    return new QuantizeRequest(
        base.source(),
        base.recipe(),
        base.options(),
        base.name(),
        Optional.ofNullable(output),
        Optional.empty(),
        limits,
        true);
  }

  private static QuantizeRequest unmeasured(QuantizeRequest base) {
    return new QuantizeRequest(
        base.source(),
        base.recipe(),
        base.options(),
        base.name(),
        base.output(),
        base.calibration(),
        base.limits(),
        false);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Remembers warnings. */
  private static final class Told implements Progress {
    private final List<String> warnings = new ArrayList<>();

    @Override
    public synchronized void warn(String line) {
      warnings.add(line);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }

  /** Asks to stop when something was counted for the n-th time. */
  private static final class Cancelling implements Progress {
    private final int stop;
    private volatile int count;

    Cancelling(int stop) {
      this.stop = stop;
    }

    @Override
    public synchronized void advance(long amount) {
      count++;
    }

    @Override
    public boolean isCancelled() {
      return count >= stop;
    }
  }
}
