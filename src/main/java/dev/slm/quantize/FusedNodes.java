package dev.slm.quantize;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Weights that are multiplied at once and so are stored alike. People name them as checkpoints do:
 * what they say of one part is done to the whole.
 */
final class FusedNodes {
  private static final Map<String, List<String>> PARTS =
      Map.of(
          "/qkv_proj/", List.of("/q_proj/", "/k_proj/", "/v_proj/"),
          "/gate_up_proj/", List.of("/gate_proj/", "/up_proj/"));

  private FusedNodes() {}

  /** A node's own name, and what it would be called without its companions. */
  static List<String> names(String node) {
    List<String> names = new ArrayList<>(List.of(node));
    PARTS.forEach(
        (whole, parts) -> {
          if (node.contains(whole)) {
            parts.forEach(part -> names.add(node.replace(whole, part)));
          }
        });
    return names;
  }
}
