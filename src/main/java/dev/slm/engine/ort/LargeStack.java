package dev.slm.engine.ort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Runs the native runtime's beginning on a thread with a stack that suffices. onnxruntime 1.29.0
 * matches the command line of the process against a regular expression and recurses for each
 * character of it: 4,000 characters (a class path, a long prompt) overflow the usual stack of 1 MB
 * and end the process.
 */
final class LargeStack {
  /** Twice what was measured. */
  private static final long BYTES_PER_CHARACTER = 512;

  /** Where the command line cannot be read; only what is used becomes memory. */
  private static final long LEAST = 64 << 20;

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private LargeStack() {}

  static <T> T call(Supplier<T> work) {
    Thread.Builder thread = Thread.ofPlatform().stackSize(size()).name("slm-runtime");
    return NativeThread.call(work, thread, () -> {});
  }

  private static long size() {
    try {
      return LEAST + Files.readAllBytes(COMMAND_LINE).length * BYTES_PER_CHARACTER;
    } catch (IOException e) {
      return LEAST;
    }
  }
}
