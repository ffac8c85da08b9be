package dev.slm.prepare;

import com.sun.management.OperatingSystemMXBean;
import dev.slm.base.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What a machine has.
 *
 * @param availableMemory memory that new work can have without pushing other programs out, 0 when
 *     unknown
 * @param freeDisk bytes that are free where a folder is
 */
record Machine(long availableMemory, ToLongFunction<Path> freeDisk) {

  /** This machine, now. */
  static Machine here() {
    return new Machine(memory(), Machine::freeBytes);
  }

  private static long freeBytes(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
  }

  private static long memory() {
    OptionalLong found = kilobytes(Path.of("/proc/meminfo"), "MemAvailable:");
    return found.isPresent() ? found.getAsLong() * 1024 : totalMemory() / 2;
  }

  private static long totalMemory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : 0;
  }

  /** The most memory that this process had at once, 0 where the system does not tell. */
  static long peakMemory() {
    return kilobytes(Path.of("/proc/self/status"), "VmHWM:").orElse(0) * 1024;
  }

  private static OptionalLong kilobytes(Path file, String field) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
          .findFirst();
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      return OptionalLong.empty(); // another system: it has no such file
    }
  }
}
