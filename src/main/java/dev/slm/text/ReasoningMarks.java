package dev.slm.text;

import java.util.List;
import java.util.Optional;

/** What a model writes around its reasoning. */
public record ReasoningMarks(String open, String close) {
  private static final List<ReasoningMarks> KNOWN =
      List.of(
          new ReasoningMarks("<think>", "</think>"),
          new ReasoningMarks("[THINK]", "[/THINK]"),
          new ReasoningMarks("<|begin_of_thought|>", "<|end_of_thought|>"));

  /** The marks that a chat template speaks of. */
  public static Optional<ReasoningMarks> of(String template) {
    return KNOWN.stream().filter(marks -> template.contains(marks.close)).findFirst();
  }

  static boolean areOf(String content) {
    return KNOWN.stream().anyMatch(m -> m.open.equals(content) || m.close.equals(content));
  }
}
