package dev.slm.engine.ort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * How many threads decoding should use: one per physical core that this process may run on, because
 * two threads of a core share the units that the arithmetic needs.
 */
final class Processors {
  private static final Path LINUX_CORES = Path.of("/sys/devices/system/cpu");

  private Processors() {}

  static int threads() {
    // the JVM's count honours affinity and container limits, the topology does not
    return Math.clamp(physicalCores(LINUX_CORES), 1, Runtime.getRuntime().availableProcessors());
  }

  /** Cores of the Linux topology below a folder; without one every processor counts as a core. */
  static int physicalCores(Path topology) {
    Set<String> cores = new HashSet<>();
    int processors = Runtime.getRuntime().availableProcessors();
    for (int cpu = 0; Files.isDirectory(topology.resolve("cpu" + cpu)); cpu++) {
      Path siblings = topology.resolve("cpu" + cpu).resolve("topology/thread_siblings_list");
      try {
        cores.add(Files.readString(siblings).strip());
      } catch (IOException e) {
        return processors;
      }
    }
    return cores.isEmpty() ? processors : cores.size();
  }
}
