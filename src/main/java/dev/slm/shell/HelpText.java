package dev.slm.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code help} prints, made from the commands' declarations. */
final class HelpText {
  private static final int WIDE = 100;

  private final CommandIndex index;

  HelpText(CommandIndex index) {
    this.index = index;
  }

  /** All commands under their headings. */
  List<Text> overview() {
    List<Text> lines = new ArrayList<>();
    Map<String, List<CommandSpec>> groups = new LinkedHashMap<>();
    index.all().stream()
        .filter(spec -> !spec.isHidden())
        .forEach(spec -> groups.computeIfAbsent(spec.group(), _ -> new ArrayList<>()).add(spec));
    int width =
        groups.values().stream()
            .flatMap(List::stream)
            .mapToInt(spec -> spec.name().length())
            .max()
            .orElse(0);
    groups.forEach(
        (group, specs) -> {
          lines.add(Text.bold(group));
          specs.forEach(spec -> lines.add(entry(spec.name(), spec.says(), width)));
          lines.add(Text.NONE);
        });
    lines.add(Text.of("help COMMAND shows what a command takes, with examples."));
    return lines;
  }

  /** The commands of a noun. */
  List<Text> under(List<CommandSpec> specs) {
    int width = specs.stream().mapToInt(spec -> spec.usage().length()).max().orElse(0);
    return specs.stream().map(spec -> entry(spec.usage(), spec.says(), width)).toList();
  }

  /** One command. */
  List<Text> about(CommandSpec spec) {
    List<Text> lines = new ArrayList<>();
    lines.add(Text.bold(spec.usage()));
    lines.add(Text.of("  " + spec.says()));
    spec.more().lines().forEach(line -> lines.add(Text.of("  " + line)));
    Map<String, String> takes = new LinkedHashMap<>();
    spec.arguments()
        .forEach(argument -> takes.put(argument.usage(), says(argument.says(), argument.values())));
    spec.options()
        .forEach(
            option ->
                takes.put(
                    String.join(", ", option.names())
                        + (option.isFlag() ? "" : " " + option.valueName()),
                    says(option.says(), option.values())));
    if (!takes.isEmpty()) {
      lines.add(Text.NONE);
      int width = takes.keySet().stream().mapToInt(String::length).max().orElse(0);
      takes.forEach((usage, says) -> lines.add(entry(usage, says, width)));
    }
    if (!spec.aliases().isEmpty()) {
      lines.add(Text.NONE);
      lines.add(Text.dim("  also: " + String.join(", ", spec.aliases())));
    }
    if (!spec.examples().isEmpty()) {
      lines.add(Text.NONE);
      lines.add(Text.of("examples:"));
      spec.examples().forEach(example -> lines.addAll(example(example)));
    }
    return lines;
  }

  private static List<Text> example(CommandSpec.Example example) {
    return List.of(
        Text.of("  " + example.line(), Text.Style.NAME), Text.dim("      " + example.says()));
  }

  private static String says(String says, Values values) {
    return values.closed().isEmpty() ? says : says + ": " + String.join(" | ", values.closed());
  }

  private static Text entry(String name, String says, int width) {
    String padding = " ".repeat(Math.max(1, Math.min(width, WIDE) - name.length() + 2));
    return Text.of("  ").and(Text.of(name, Text.Style.NAME)).and(padding).and(says);
  }
}
