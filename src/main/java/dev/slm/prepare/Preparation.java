package dev.slm.prepare;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Machine;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.base.SafePath;
import dev.slm.base.SafeText;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.cache.Staging;
import dev.slm.convert.Architecture;
import dev.slm.convert.Converter;
import dev.slm.engine.Engines;
import dev.slm.engine.check.Tried;
import dev.slm.model.Precision;
import dev.slm.profile.Family;
import dev.slm.quantize.Encoder;
import dev.slm.quantize.WeightOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes runnable models of checkpoints: plans, converts and quantizes in one stream, measures what
 * it cost, and puts the result into the cache in one step. When anything ends it early, nothing is
 * left.
 */
public final class Preparation {
  private final ModelCache cache;
  private final List<Family> families;
  private final ModelScorer scorer;
  private final String toolVersion;
  private final int threads;

  public Preparation(
      ModelCache cache,
      List<Family> families,
      ModelScorer scorer,
      String toolVersion,
      int threads) {
    this.cache = cache;
    this.families = List.copyOf(families);
    this.scorer = scorer;
    this.toolVersion = toolVersion;
    this.threads = threads;
  }

  /** What the request will take; refuses one that cannot work or does not fit. */
  public Plan plan(QuantizeRequest request) {
    SafePath.checkName("model", request.name());
    request.output().ifPresent(OutputFolder::check);
    OutputFolder.checkWritable(request.output().orElse(cache.root()));
    checkNameIsFree(request);
    request.calibration().ifPresent(QualityText::read); // before hours of work
    return plan(request, Machine.here());
  }

  Plan plan(QuantizeRequest request, Machine machine) {
    Plan plan = Planner.plan(request, families, request.output().orElse(cache.root()), machine);
    return takesPlace(request)
        ? plan.noting("it takes the place of the '" + request.name() + "' that is in the cache")
        : plan;
  }

  private boolean takesPlace(QuantizeRequest request) {
    return request.output().isEmpty() && sameName(request).isPresent();
  }

  private Optional<CachedModel> sameName(QuantizeRequest request) {
    return cache.list().stream()
        .filter(model -> model.name().equalsIgnoreCase(request.name()))
        .findFirst();
  }

  /** Two models of one name would lie side by side, and only one of them could be run. */
  private void checkNameIsFree(QuantizeRequest request) {
    String publisher = ModelCache.publisherOf(request.source().repository());
    Optional<CachedModel> other =
        request.output().isPresent() ? Optional.empty() : sameName(request);
    if (other.isPresent() && !other.get().publisher().equals(publisher)) {
      throw Problem.usage("'" + request.name() + "' is the name of another model in the cache")
          .why("that one is from '" + other.get().publisher() + "'")
          .next("--name " + SafeText.word(request.name() + "-2") + ", or any other name");
    }
  }

  /** Does what the plan says. */
  public Prepared run(Plan plan, Progress progress) {
    Optional<Path> output = plan.request().output();
    if (output.isEmpty()) {
      return run(plan, cache, progress);
    }
    try (OutputFolder folder = OutputFolder.beside(output.get())) {
      Prepared made = run(plan, folder.cache(), progress);
      return new Prepared(
          made.name(),
          folder.place(made.folder()),
          false,
          made.sourceBytes(),
          made.resultBytes(),
          made.time(),
          made.peakMemory(),
          made.quality());
    }
  }

  private Prepared run(Plan plan, ModelCache target, Progress progress) {
    long start = System.nanoTime();
    QuantizeRequest request = plan.request();
    String publisher = ModelCache.publisherOf(request.source().repository());
    Family family = Converter.familyOf(request.source().folder(), families);
    Architecture architecture = Converter.architecture(request.source().folder(), family);
    try (Staging staging = target.stage(publisher, request.name());
        Encoder encoder = encoder(request.options(), architecture, progress)) {
      Converter.Converted converted =
          Converter.convert(
              request.source().folder(),
              family,
              encoder,
              request.name(),
              staging.folder(),
              progress);
      KeptWeights.add(request, architecture, encoder.kept(), staging.folder(), progress);
      QualityReport quality = quality(plan, architecture, encoder, staging, target, progress);
      refuseBadQuality(plan, quality, staging, target);
      CachedModel model =
          staging.commit(Provenance.manifest(request, converted, quality, toolVersion), progress);
      Tried.add(model.folder(), Engines.DEFAULT);
      return new Prepared(
          request.name(),
          model.folder(),
          true,
          plan.sourceBytes(),
          model.bytes(),
          Duration.ofNanos(System.nanoTime() - start),
          Machine.peakMemory(),
          quality);
    }
  }

  private Encoder encoder(WeightOptions options, Architecture architecture, Progress progress) {
    WeightOptions expanded = options.forLayers(architecture.layers().size());
    return new Encoder(expanded, architecture.isTied(), threads, progress);
  }

  private QualityReport quality(
      Plan plan,
      Architecture architecture,
      Encoder encoder,
      Staging staging,
      ModelCache target,
      Progress progress) {
    Baseline baseline = plan.quality().baseline();
    if (baseline == Baseline.WEIGHTS_ONLY) {
      return QualityReport.skipped(plan.quality().reason(), encoder.reports());
    }
    QuantizeRequest request = plan.request();
    int vocabulary = architecture.sizes().vocabulary();
    QualityText text = QualityText.of(request, scorer.isChatModel(staging.folder()));
    try (Staging scratch = target.stage("custom", request.name() + ".reference")) {
      QualityCheck check =
          new QualityCheck(
              scorer,
              text,
              scratch.folder(),
              plan.quality().mostTokens(),
              architecture.contextLength());
      if (!baseline.compares()) {
        return check
            .measure(staging.folder(), vocabulary, encoder.reports(), progress)
            .because(plan.quality().reason());
      }
      Path reference =
          request.options().precision() == Precision.FP32
              ? staging.folder() // it is its own reference
              : reference(baseline, request, architecture, scratch.folder(), progress);
      return check
          .compare(baseline, reference, staging.folder(), vocabulary, encoder.reports(), progress)
          .because(plan.quality().reason());
    }
  }

  private Path reference(
      Baseline baseline,
      QuantizeRequest request,
      Architecture architecture,
      Path folder,
      Progress progress) {
    try (Encoder encoder = encoder(baseline.options().orElseThrow(), architecture, progress)) {
      return Converter.convert(
              request.source().folder(),
              architecture.family(),
              encoder,
              "reference",
              folder,
              progress)
          .folder();
    }
  }

  /** A model below the user's line is kept for a look, where no list of models shows it. */
  private static void refuseBadQuality(
      Plan plan, QualityReport quality, Staging staging, ModelCache target) {
    Optional<String> breach = plan.request().limits().breach(quality);
    if (breach.isEmpty()) {
      return;
    }
    Optional<Path> output = plan.request().output();
    Path aside = output.map(OutputFolder::aside).orElse(target.rejected(plan.request().name()));
    try {
      Files.createDirectories(aside.toAbsolutePath().getParent());
      FileTree.delete(aside);
      Files.move(staging.folder(), aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw DurableFile.cannotWrite(aside, e);
    }
    String removal = output.isPresent() ? "remove '" + aside + "'" : "cache prune";
    throw Problem.failed("'" + plan.request().name() + "' is below your line for quality")
        .why(breach.get() + "; it is kept in '" + aside + "' for a look, and not in the cache")
        .next(
            "quantize again with "
                + closer(plan.request().options())
                + "; to be rid of this one: "
                + removal);
  }

  private static String closer(WeightOptions options) {
    return switch (options.precision()) {
      case INT4 ->
          options.int8().isEmpty()
              ? "--recipe int4-mixed, or --precision int8"
              : "--precision int8";
      case INT8 -> "--precision fp16";
      case FP16, FP32 -> "another --calibration: these are the weights themselves";
    };
  }
}
