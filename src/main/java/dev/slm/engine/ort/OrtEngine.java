package dev.slm.engine.ort;

import ai.onnxruntime.OrtException;
import dev.slm.base.Problem;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.check.InPlace;
import dev.slm.engine.check.MemoryPlan;
import dev.slm.engine.check.ModelCheck;
import dev.slm.engine.check.Probe;
import java.nio.file.Path;
import java.util.Optional;

/** Our own decode loop on onnxruntime: the default engine. */
public final class OrtEngine implements Engine {
  static final String NAME = "ort";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> refusal(Path folder) {
    return InPlace.mistake(folder);
  }

  @Override
  public void start() {
    var _ = OrtRuntime.environment();
  }

  @Override
  public LoadedModel load(Path folder, LoadSettings settings, Progress progress) {
    OrtRuntime.prepare();
    refusal(folder)
        .ifPresent(
            reason -> {
              throw Problem.failed("the engine '" + NAME + "' does not run '" + folder + "'")
                  .why("it " + reason)
                  .next("model run NAME --engine genai");
            });
    ModelCheck model = ModelCheck.of(folder);
    MemoryPlan plan = MemoryPlan.of(model, settings);
    if (plan.contextLength() < model.config().contextLength() && settings.maxContext() == 0) {
      progress.warn(
          "memory allows a context of %d of %d tokens"
              .formatted(plan.contextLength(), model.config().contextLength()));
    }
    int context = Math.min(plan.contextLength(), model.longestInPieces());
    if (context < plan.contextLength()) {
      progress.warn(
          "this graph rotates positions otherwise beyond %d tokens: the context ends there; for"
                  .formatted(context)
              + " longer ones quantize the checkpoint here, or use --engine genai");
    }
    if (!settings.isMadeHere()) {
      Probe.runIfNeeded(model, NAME, progress);
    }
    int threads = settings.threads() > 0 ? settings.threads() : Processors.threads();
    return open(model, context, threads, progress);
  }

  private static LoadedModel open(ModelCheck model, int context, int threads, Progress progress) {
    Path graph = model.folder().resolve(model.config().graph());
    progress.start("loading", model.weightBytes(), Progress.Unit.BYTES);
    try {
      Stages stages = new Opening(graph, threads).open(model.weightBytes());
      try {
        GraphIo io = GraphIo.read(graph, model.config(), stages);
        progress.advance(model.weightBytes());
        return new OrtModel(model.folder(), stages, io, context, threads, model.weightBytes());
      } catch (RuntimeException | OrtException e) {
        stages.close();
        throw e;
      }
    } catch (OrtException e) {
      throw OrtRuntime.problem("cannot load", graph, e);
    }
  }
}
