package dev.slm.base;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a machine has left.
 *
 * @param availableMemory bytes that new work can have without pushing other programs out, 0 when
 *     unknown
 * @param freeDisk bytes that are free where a folder is or will be
 */
public record Machine(long availableMemory, ToLongFunction<Path> freeDisk) {

  /** Work goes on where the file system does not tell; it will when it is full. */
  public static final long UNKNOWN_DISK = Long.MAX_VALUE;

  /** This machine, or the container, now. */
  public static Machine here() {
    return new Machine(memory(), Machine::freeBytes);
  }

  /** All memory of the machine or the container, 0 when unknown. */
  public static long totalMemory() {
    return system() == null ? 0 : system().getTotalMemorySize();
  }

  /** The most memory that this process had at once, 0 where the system does not tell. */
  public static long peakMemory() {
    return kilobytes(Path.of("/proc/self/status"), "VmHWM:").orElse(0) * 1024;
  }

  /** Bytes that are free where a folder is or will be, the most there can be when unknown. */
  public static long freeBytes(Path folder) {
    try {
      return Files.getFileStore(existing(folder)).getUsableSpace();
    } catch (IOException e) {
      return UNKNOWN_DISK;
    }
  }

  /** The folder itself, or the nearest one around it that exists. */
  public static Path existing(Path folder) {
    Path path = folder.toAbsolutePath();
    while (!Files.exists(path) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }

  private static long memory() {
    long total = totalMemory();
    OptionalLong found = kilobytes(Path.of("/proc/meminfo"), "MemAvailable:");
    if (found.isPresent()) {
      // the file tells of the whole machine also inside of a container
      return total > 0 ? Math.min(total, found.getAsLong() * 1024) : found.getAsLong() * 1024;
    }
    // elsewhere what is called free leaves out the file cache, which gives way to programs
    return Math.max(total / 2, system() == null ? 0 : system().getFreeMemorySize());
  }

  private static @Nullable OperatingSystemMXBean system() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system
        : null;
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
