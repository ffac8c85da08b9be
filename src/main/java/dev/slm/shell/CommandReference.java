package dev.slm.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All commands as Markdown; {@code src/docs/commands.md} is made from it. */
final class CommandReference {
  private final CommandIndex index;

  CommandReference(CommandIndex index) {
    this.index = index;
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("# Commands");
    lines.add("");
    lines.add(
        "Every command works the same typed at the prompt, behind `slm` in the system's shell, in a"
            + " script and in a pipe.");
    Map<String, List<CommandSpec>> groups = new LinkedHashMap<>();
    index.all().stream()
        .filter(spec -> !spec.isHidden())
        .forEach(spec -> groups.computeIfAbsent(spec.group(), _ -> new ArrayList<>()).add(spec));
    groups.forEach(
        (group, specs) -> {
          lines.addAll(List.of("", "## " + group));
          specs.forEach(spec -> lines.addAll(about(spec)));
        });
    return lines;
  }

  private static List<String> about(CommandSpec spec) {
    List<String> lines = new ArrayList<>(List.of("", "### `" + spec.usage() + "`", ""));
    lines.add(spec.says());
    if (!spec.more().isBlank()) {
      lines.addAll(List.of("", spec.more().strip().replace('\n', ' ')));
    }
    if (!spec.aliases().isEmpty()) {
      lines.addAll(List.of("", "Also: `" + String.join("`, `", spec.aliases()) + "`."));
    }
    if (!spec.arguments().isEmpty() || !spec.options().isEmpty()) {
      lines.addAll(List.of("", "| | |", "|---|---|"));
      spec.arguments().forEach(a -> lines.add(row(a.usage(), a.says(), a.values())));
      spec.options()
          .forEach(
              o -> {
                String value = o.isFlag() ? "" : " " + o.valueName();
                lines.add(row(String.join(", ", o.names()) + value, o.says(), o.values()));
              });
    }
    if (!spec.examples().isEmpty()) {
      lines.addAll(List.of("", "```"));
      for (CommandSpec.Example example : spec.examples()) {
        lines.addAll(List.of("# " + example.says(), example.line()));
      }
      lines.add("```");
    }
    return lines;
  }

  private static String row(String usage, String says, Values values) {
    String closed =
        values.closed().isEmpty() ? "" : ": `" + String.join("`, `", values.closed()) + "`";
    return "| `" + usage.replace("|", "\\|") + "` | " + (says + closed).replace("|", "\\|") + " |";
  }
}
