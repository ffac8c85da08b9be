package dev.slm.session;

import dev.slm.base.DurableFile;
import dev.slm.base.FileTree;
import dev.slm.base.Problem;
import dev.slm.base.Units;
import dev.slm.engine.check.MemoryPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The memory that models share: who has to go for a new one. */
record Room(MemoryLimits limits) {

  /** Takes idle models out of the list, longest unused first, until the new one fits. */
  List<Slot> make(Map<String, Slot> slots, String name, long bytes) {
    long free = limits.free().getAsLong();
    List<Slot> evicted = new ArrayList<>();
    while (!fits(slots, bytes, free + used(evicted))) {
      Optional<Slot> oldest =
          slots.values().stream().filter(Slot::isIdle).min(Comparator.comparing(Slot::lastUsed));
      if (oldest.isEmpty()) {
        break;
      }
      slots.remove(oldest.get().name());
      evicted.add(oldest.get());
    }
    if (!slots.isEmpty() && used(slots.values()) + bytes > limits.bytes()) {
      evicted.forEach(slot -> slots.put(slot.name(), slot));
      throw refusal(slots, name, bytes);
    }
    // where the machine has too little, the engine knows best what would fit
    return evicted;
  }

  private boolean fits(Map<String, Slot> slots, long bytes, long free) {
    return slots.size() < limits.models()
        && used(slots.values()) + bytes <= limits.bytes()
        && MemoryPlan.least(bytes) <= free;
  }

  private Problem refusal(Map<String, Slot> slots, String name, long bytes) {
    return Problem.of(
            Problem.Status.BUSY,
            "no room for '%s': it needs %s, %s of %s are in use"
                .formatted(
                    name,
                    Units.bytes(bytes),
                    Units.bytes(used(slots.values())),
                    Units.bytes(limits.bytes())))
        .next("model unload " + slots.keySet().iterator().next());
  }

  private static long used(Iterable<Slot> slots) {
    long bytes = 0;
    for (Slot slot : slots) {
      bytes += slot.bytes();
    }
    return bytes;
  }

  /** What a model's weights take, before they are read. */
  static long weightBytes(Path folder) {
    try {
      return FileTree.children(folder).stream()
          .filter(file -> file.getFileName().toString().matches(".*\\.(onnx|data)"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw DurableFile.cannotRead(folder, e);
    }
  }
}
