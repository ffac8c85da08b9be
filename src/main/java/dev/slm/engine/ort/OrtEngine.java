package dev.slm.engine.ort;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Progress;
import dev.slm.engine.Engine;
import dev.slm.engine.LoadSettings;
import dev.slm.engine.LoadedModel;
import dev.slm.engine.check.RuntimeConfig;
import java.nio.file.Path;

/** Our own decode loop on onnxruntime: the default engine. */
public final class OrtEngine implements Engine {
  static final String NAME = "ort";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public LoadedModel load(Path folder, LoadSettings settings, Progress progress) {
    RuntimeConfig config = RuntimeConfig.read(folder);
    int threads = settings.threads() > 0 ? settings.threads() : Processors.threads();
    int context =
        settings.maxContext() > 0
            ? Math.min(settings.maxContext(), config.contextLength())
            : config.contextLength();
    Path graph = folder.resolve(config.graph());
    progress.start("loading", 1, Progress.Unit.ITEMS);
    try (OrtSession.SessionOptions options = OrtRuntime.options(threads)) {
      OrtSession session = OrtRuntime.environment().createSession(graph.toString(), options);
      try {
        GraphIo io = GraphIo.read(graph, config, session);
        progress.advance(1);
        return new OrtModel(folder, session, io, context, threads, 1);
      } catch (RuntimeException | OrtException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw OrtRuntime.problem("cannot load", graph, e);
    }
  }
}
