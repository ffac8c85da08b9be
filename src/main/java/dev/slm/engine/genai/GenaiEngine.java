package dev.slm.engine.genai;

import ai.onnxruntime.genai.Config;
import ai.onnxruntime.genai.GenAIException;
import ai.onnxruntime.genai.Model;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.check.MemoryPlan;
import dev.slm.engine.check.ModelCheck;
import dev.slm.engine.check.Probe;
import dev.slm.engine.check.Shown;
import java.nio.file.Path;
import java.util.Optional;

/** onnxruntime-genai: for models that need it, and to compare with. */
public final class GenaiEngine implements Engine {
  static final String NAME = "genai";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> unavailable() {
    String reason = GenaiRuntime.unavailable();
    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
  }

  @Override
  public Optional<String> refusal(Path folder) {
    return Optional.empty();
  }

  @Override
  public LoadedModel load(Path folder, LoadSettings settings, Progress progress) {
    ModelCheck model = ModelCheck.of(folder);
    MemoryPlan plan = MemoryPlan.of(model, settings);
    requireRuntime();
    Probe.runIfNeeded(model, NAME, progress);
    progress.start("loading", model.weightBytes(), Progress.Unit.BYTES);
    int threads =
        settings.threads() > 0 ? settings.threads() : Runtime.getRuntime().availableProcessors();
    LoadedModel loaded = open(model, plan, threads);
    progress.advance(model.weightBytes());
    return loaded;
  }

  private void requireRuntime() {
    String reason = unavailable().orElseGet(GenaiRuntime::load);
    if (!reason.isEmpty()) {
      throw Problem.failed("the engine '" + NAME + "' does not run here")
          .why(reason)
          .next("model run NAME --engine ort");
    }
  }

  private static LoadedModel open(ModelCheck model, MemoryPlan plan, int threads) {
    try (Config config = new Config(model.folder().toString())) {
      // whatever providers a folder names: this build has the processor only
      config.clearProviders();
      config.overlay(
          "{\"model\":{\"decoder\":{\"session_options\":{\"intra_op_num_threads\":%d}}}}"
              .formatted(threads));
      return new GenaiModel(model, new Model(config), plan.contextLength(), threads);
    } catch (GenAIException e) {
      throw problem("cannot load", model.folder(), e);
    }
  }

  static Problem problem(String what, Path folder, GenAIException e) {
    return Problem.badFile(what + " '" + folder + "'")
        .why(Shown.reason(String.valueOf(e.getMessage())))
        .causedBy(e);
  }
}
