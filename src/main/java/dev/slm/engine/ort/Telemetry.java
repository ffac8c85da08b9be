package dev.slm.engine.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Keeps onnxruntime from telling its maker about this machine and its models. Since 1.29 the
 * library gives the machine an id on disk and sends events over the network on Linux and macOS too;
 * nothing of that may happen in a program that people choose because their work stays with them.
 */
final class Telemetry {
  private static final String VARIABLE = "ORT_DISABLE_TELEMETRY";

  private Telemetry() {}

  /**
   * Before the library is loaded, for it reads the variable once and writes the id at once. The
   * launcher sets it; a JVM that was started without the launcher does it here.
   */
  static void forbid() {
    boolean isWindows = System.getProperty("os.name", "").startsWith("Windows");
    if (!isWindows && !"1".equals(System.getenv(VARIABLE))) {
      setVariable();
    }
  }

  /** Windows has no variable for it; what the library notes while it is created stays there. */
  static void stop(OrtEnvironment environment) throws OrtException {
    environment.setTelemetry(false);
  }

  @SuppressWarnings("restricted") // two constant texts for a function of the C library
  private static void setVariable() {
    Linker linker = Linker.nativeLinker();
    MethodHandle setenv =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofConfined()) {
      int failed =
          (int) setenv.invokeExact(arena.allocateFrom(VARIABLE), arena.allocateFrom("1"), 1);
      if (failed != 0) {
        throw new IllegalStateException("the environment takes no variable " + VARIABLE);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
