package dev.slm.format;

import dev.slm.base.Json;
import dev.slm.base.Problem;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The list of shards beside a checkpoint of several files. */
final class SafetensorsIndex {
  private static final long LARGEST_BYTES = 32L * 1024 * 1024;

  private SafetensorsIndex() {}

  /** The shards with the tensors that each must hold, in the order of their names. */
  static Map<Path, Set<String>> read(Path index, int mostShards) {
    JsonNode map = Json.tree(index, LARGEST_BYTES).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw bad(index, "weight_map", "is missing or empty");
    }
    Map<String, Set<String>> names = new LinkedHashMap<>();
    map.propertyStream()
        .forEach(
            entry ->
                names
                    .computeIfAbsent(shardName(index, entry), _ -> new HashSet<>())
                    .add(entry.getKey()));
    if (names.size() > mostShards) {
      throw bad(index, "weight_map", "names " + names.size() + " files");
    }
    Map<Path, Set<String>> shards = new LinkedHashMap<>();
    for (String name : new TreeSet<>(names.keySet())) {
      shards.put(index.resolveSibling(name), names.getOrDefault(name, Set.of()));
    }
    return shards;
  }

  /** A plain file name beside the index: nothing that leads elsewhere. */
  private static String shardName(Path index, Map.Entry<String, JsonNode> entry) {
    String field = "weight_map." + Shown.name(entry.getKey());
    if (!entry.getValue().isString()) {
      throw bad(index, field, "is not a file name");
    }
    String name = entry.getValue().stringValue();
    boolean plain = name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\\.safetensors");
    if (!plain) {
      throw bad(index, field, "is " + Shown.name(name) + ", not the name of a file beside it");
    }
    return name;
  }

  /** A shard holds exactly the tensors that the index promises. */
  static void checkShard(Path file, Set<String> expected, List<Safetensors.Tensor> found) {
    if (expected.isEmpty()) {
      return;
    }
    Set<String> names = found.stream().map(Safetensors.Tensor::name).collect(Collectors.toSet());
    for (String name : new TreeSet<>(expected)) {
      if (!names.contains(name)) {
        throw bad(file, "tensor " + Shown.name(name), "is not in this file, but the index says so");
      }
    }
  }

  /** A wrong sum means that files of two publications lie together. */
  static void checkTotal(Path index, long bytes) {
    JsonNode total = Json.tree(index, LARGEST_BYTES).path("metadata").path("total_size");
    if (total.isNumber() && total.asDouble() != bytes) {
      throw bad(index, "metadata.total_size", "is " + total + ", the files hold " + bytes)
          .next("download again, or remove total_size when the files are right");
    }
  }

  private static Problem bad(Path file, String field, String found) {
    return SafetensorsHeader.bad(file, field, found, "");
  }
}
