package dev.slm.engine.ort;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.slm.base.Problem;
import dev.slm.engine.check.Shown;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The one native environment of the process and how its sessions are set up. Sessions share the
 * environment's threads, because those of one session cannot spin on while the next one works: each
 * part of a graph would wake its own for every token.
 */
final class OrtRuntime {
  private static final String NAME = "slm";

  private static @Nullable OrtEnvironment environment;

  /** None where somebody else made the environment. */
  private static int sharedThreads;

  private OrtRuntime() {}

  static synchronized OrtEnvironment environment() {
    if (environment == null) {
      // a program that ends while the library still begins would take its memory away
      Runtime.getRuntime().addShutdownHook(new Thread(OrtRuntime::settled));
      environment = LargeStack.call(OrtRuntime::create);
    }
    return environment;
  }

  private static synchronized void settled() {}

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

  /** Options of a decoding session; another number of threads than usual gets its own. */
  static OrtSession.SessionOptions options(int threads) throws OrtException {
    // before any other class of the library: it unpacks itself where nobody told it not to
    environment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    // a memory pattern is kept per input shape, and the mask has a new shape at every token
    options.setMemoryPatternOptimization(false);
    // weights outside of the arena, which would round their memory up
    options.addConfigEntry("session.use_device_allocator_for_initializers", "1");
    if (threads == sharedThreads) {
      options.disablePerSessionThreads();
    } else {
      options.setIntraOpNumThreads(threads);
      // inside of a run only: it would be in the way of the next session
      options.addConfigEntry("session.force_spinning_stop", "1");
    }
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
      OrtEnvironment environment = withSharedThreads();
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

  private static OrtEnvironment withSharedThreads() throws OrtException {
    OrtLoggingLevel level = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
    try (OrtEnvironment.ThreadingOptions threads = new OrtEnvironment.ThreadingOptions()) {
      int count = Processors.threads();
      threads.setGlobalIntraOpNumThreads(count);
      // they give up after some thousandths of a second: an idle model costs no processor time
      threads.setGlobalSpinControl(true);
      OrtEnvironment environment = OrtEnvironment.getEnvironment(level, NAME, threads);
      sharedThreads = count;
      return environment;
    } catch (IllegalStateException ignored) {
      // somebody's engine made the process's environment before us, or the library does not load
      return OrtEnvironment.getEnvironment();
    }
  }
}
