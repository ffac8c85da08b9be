package dev.slm.engine.ort;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.engine.check.Shown;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The one native environment of the process and how its sessions are set up. */
final class OrtRuntime {
  private static @Nullable OrtEnvironment environment;

  private OrtRuntime() {}

  static synchronized OrtEnvironment environment() {
    if (environment == null) {
      environment = LargeStack.call(OrtRuntime::create);
    }
    return environment;
  }

  /**
   * Begins to load the native library, which takes as long as judging a folder: both can be done at
   * a time. What goes wrong is told by {@link #environment()}.
   */
  static void prepare() {
    Thread.ofPlatform()
        .daemon()
        .name("slm-runtime-start")
        .start(
            () -> {
              try {
                environment();
              } catch (RuntimeException ignored) {
                // whoever needs it tries again and tells
              }
            });
  }

  /** Options of a decoding session. */
  static OrtSession.SessionOptions options(int threads) throws OrtException {
    // before any other class of the library: it unpacks itself where nobody told it not to
    environment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setIntraOpNumThreads(threads);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    // a memory pattern is kept per input shape, and the mask has a new shape at every token
    options.setMemoryPatternOptimization(false);
    options.addConfigEntry("session.intra_op.allow_spinning", "1");
    // threads spin inside of a run only: an idle model costs no processor time
    options.addConfigEntry("session.force_spinning_stop", "1");
    // weights outside of the arena, which would round their memory up
    options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
    return options;
  }

  /** A failure of the native library as one line that names the model's folder or file. */
  static Problem problem(String what, Path file, OrtException e) {
    return Problem.badFile(what + " '" + file + "'")
        .why(Shown.reason(String.valueOf(e.getMessage())))
        .causedBy(e);
  }

  private static OrtEnvironment create() {
    Natives.prepareOnnxruntime();
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "slm");
      Telemetry.stop(environment);
      return environment;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } catch (LinkageError | IllegalStateException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw Problem.failed("onnxruntime does not load on this machine")
          .why(Shown.reason(String.valueOf(cause.getMessage())))
          .next("doctor")
          .causedBy(e);
    }
  }
}
