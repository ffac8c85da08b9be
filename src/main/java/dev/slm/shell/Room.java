package dev.slm.shell;

import dev.slm.base.Machine;
import dev.slm.base.Units;
import java.nio.file.Path;

/**
 * What this machine has left, in words.
 *
 * @param memory bytes that programs may still take, 0 when not known
 * @param disk bytes below the cache, {@link Machine#UNKNOWN_DISK} when not known
 */
record Room(long memory, long disk) {

  static Room below(Path folder) {
    return new Room(Machine.here().availableMemory(), Machine.freeBytes(folder));
  }

  String memoryFor(long bytes) {
    return compare(bytes, memory, "available");
  }

  String diskFor(long bytes) {
    return compare(bytes, disk, "free");
  }

  boolean hasMemoryFor(long bytes) {
    return memory == 0 || bytes <= memory;
  }

  private String compare(long needed, long left, String word) {
    if (left == 0 || left == Machine.UNKNOWN_DISK) {
      return Units.bytes(needed);
    }
    String verdict = needed <= left ? "fits" : "does not fit";
    return "%s, %s: %s %s".formatted(Units.bytes(needed), verdict, Units.bytes(left), word);
  }
}
