package dev.slm.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code help} prints, made from the commands' declarations. */
final class HelpText {
  /** A text column below this is hard to read. */
  private static final int NARROW = 24;

  private final CommandIndex index;
  private final int columns;

  HelpText(CommandIndex index, int columns) {
    this.index = index;
    this.columns = columns;
  }

  /** The names of all commands, on one screen. */
  List<Text> overview() {
    Map<String, List<CommandSpec>> groups = groups();
    int width = groups.keySet().stream().mapToInt(String::length).max().orElse(0);
    List<Text> lines = new ArrayList<>();
    groups.forEach(
        (group, specs) -> {
          String head = group;
          for (String names : names(specs)) {
            for (String part : Text.wrap(names, Math.max(NARROW, columns - width - 2))) {
              String padding = " ".repeat(width - head.length() + 2);
              lines.add(Text.bold(head).and(padding).and(Text.of(part, Text.Style.NAME)));
              head = "";
            }
          }
        });
    lines.add(Text.NONE);
    String more =
        "help model and help model run explain more; help --all says what each command does.";
    Text.wrap(more, columns).forEach(line -> lines.add(Text.of(line)));
    return lines;
  }

  /** A line for each noun with several verbs, and one for the commands that stand alone. */
  private static List<String> names(List<CommandSpec> specs) {
    Map<String, List<String>> verbs = new LinkedHashMap<>();
    for (CommandSpec spec : specs) {
      String[] words = spec.name().split(" ", 2);
      verbs.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(spec.name());
    }
    List<String> lines = new ArrayList<>();
    List<String> alone = new ArrayList<>();
    verbs.forEach(
        (noun, names) -> {
          if (names.size() == 1) {
            alone.add(names.getFirst());
          } else {
            String all = String.join(", ", names);
            lines.add(all.replace(", " + noun + " ", ", "));
          }
        });
    if (!alone.isEmpty()) {
      lines.add(String.join(", ", alone));
    }
    return lines;
  }

  /** All commands under their headings, with what each does. */
  List<Text> all() {
    Map<String, List<CommandSpec>> groups = groups();
    int width =
        groups.values().stream()
            .flatMap(List::stream)
            .mapToInt(spec -> spec.name().length())
            .max()
            .orElse(0);
    List<Text> lines = new ArrayList<>();
    groups.forEach(
        (group, specs) -> {
          lines.add(Text.bold(group));
          specs.forEach(spec -> lines.addAll(entry(spec.name(), spec.says(), width)));
          lines.add(Text.NONE);
        });
    lines.add(Text.of("help COMMAND shows what a command takes, with examples."));
    return lines;
  }

  private Map<String, List<CommandSpec>> groups() {
    Map<String, List<CommandSpec>> groups = new LinkedHashMap<>();
    index.all().stream()
        .filter(spec -> !spec.isHidden())
        .forEach(spec -> groups.computeIfAbsent(spec.group(), _ -> new ArrayList<>()).add(spec));
    return groups;
  }

  /** The commands of a noun. */
  List<Text> under(List<CommandSpec> specs) {
    int width = specs.stream().mapToInt(spec -> spec.usage().length()).max().orElse(0);
    return specs.stream()
        .flatMap(spec -> entry(spec.usage(), spec.says(), width).stream())
        .toList();
  }

  /** One command. */
  List<Text> about(CommandSpec spec) {
    List<Text> lines = new ArrayList<>();
    lines.add(Text.bold(spec.usage()));
    lines.addAll(paragraph(spec.says()));
    lines.addAll(paragraph(spec.more()));
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
      takes.forEach((usage, says) -> lines.addAll(entry(usage, says, width)));
    }
    if (!spec.aliases().isEmpty()) {
      lines.add(Text.NONE);
      Text.wrap("also: " + String.join(", ", spec.aliases()), columns - 2)
          .forEach(line -> lines.add(Text.dim("  " + line)));
    }
    if (!spec.examples().isEmpty()) {
      lines.add(Text.NONE);
      lines.add(Text.of("examples:"));
      spec.examples().forEach(example -> lines.addAll(example(example)));
    }
    return lines;
  }

  private List<Text> example(CommandSpec.Example example) {
    List<Text> lines = new ArrayList<>();
    lines.add(Text.of("  " + example.line(), Text.Style.NAME));
    Text.wrap(example.says(), columns - 6).forEach(line -> lines.add(Text.dim("      " + line)));
    return lines;
  }

  private static String says(String says, Values values) {
    return values.closed().isEmpty() ? says : says + ": " + String.join(" | ", values.closed());
  }

  private List<Text> paragraph(String text) {
    return text.isBlank()
        ? List.of()
        : Text.wrap(text.strip().replace('\n', ' '), columns - 2).stream()
            .map(line -> Text.of("  " + line))
            .toList();
  }

  /** A name with what it means beside it, or below it where beside there is no room. */
  private List<Text> entry(String name, String says, int width) {
    int indent = width + 4;
    List<Text> lines = new ArrayList<>();
    Text head = Text.of("  ").and(Text.of(name, Text.Style.NAME));
    if (columns - indent < NARROW) {
      lines.add(head);
      Text.wrap(says, columns - 6).forEach(line -> lines.add(Text.of("      " + line)));
      return lines;
    }
    List<String> words = Text.wrap(says, columns - indent);
    String padding = " ".repeat(Math.max(0, width - name.length()) + 2);
    lines.add(head.and(padding).and(words.getFirst()));
    words.subList(1, words.size()).forEach(line -> lines.add(Text.of(" ".repeat(indent) + line)));
    return lines;
  }
}
