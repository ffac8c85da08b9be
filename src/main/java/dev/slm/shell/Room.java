package dev.slm.shell;

import dev.slm.base.Units;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What this machine has left: memory that programs may still take, and disk below the cache.
 *
 * @param memory bytes, negative when not known
 * @param disk bytes, negative when not known
 */
record Room(long memory, long disk) {
  private static final Path MEMORY_OF_LINUX = Path.of("/proc/meminfo");

  static Room below(Path folder) {
    return new Room(availableMemory(), freeDisk(folder));
  }

  String memoryFor(long bytes) {
    return compare(bytes, memory, "available");
  }

  String diskFor(long bytes) {
    return compare(bytes, disk, "free");
  }

  private static String compare(long needed, long left, String word) {
    if (left < 0) {
      return Units.bytes(needed);
    }
    String verdict = needed <= left ? "fits" : "does not fit";
    return "%s, %s: %s %s".formatted(Units.bytes(needed), verdict, Units.bytes(left), word);
  }

  private static long availableMemory() {
    Optional<Long> linux = availableOnLinux();
    if (linux.isPresent()) {
      return linux.get();
    }
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getFreeMemorySize()
        : -1;
  }

  /** Free memory is not what counts there: caches give way to programs. */
  private static Optional<Long> availableOnLinux() {
    try {
      List<String> lines = Files.readAllLines(MEMORY_OF_LINUX);
      return lines.stream()
          .filter(line -> line.startsWith("MemAvailable:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static long freeDisk(Path folder) {
    Path existing = folder.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    try {
      return Files.getFileStore(existing).getUsableSpace();
    } catch (IOException _) {
      return -1;
    }
  }
}
