package dev.slm.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest resident memory of this process since a moment, where the system tells. */
final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path RESET = Path.of("/proc/self/clear_refs");

  private PeakMemory() {}

  /**
   * Begins anew; Linux forgets the peak so far when told 5 (proc(5), clear_refs). False where the
   * peak would be that of earlier work.
   */
  static boolean reset() {
    try {
      if (Files.isWritable(RESET)) {
        Files.writeString(RESET, "5");
        return true;
      }
    } catch (IOException e) {
      // not allowed here
    }
    return false;
  }

  /** Bytes, 0 when the system does not tell. */
  static long bytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      // not Linux
    }
    return 0;
  }
}
