package dev.slm.shell;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Finds commands by what people type: names and aliases of one or more words. */
final class CommandIndex {
  /** A command with the number of words that named it. */
  record Match(CommandSpec spec, int words) {}

  /**
   * @param whenOption counts only when this option is on the line; empty: always
   */
  private record Entry(CommandSpec spec, String whenOption) {
    boolean isAlways() {
      return whenOption.isEmpty();
    }
  }

  private final Map<String, List<Entry>> entries = new LinkedHashMap<>();
  private final List<CommandSpec> specs;
  private int longest = 1;

  CommandIndex(Collection<CommandSpec> specs) {
    this.specs = List.copyOf(specs);
    for (CommandSpec spec : specs) {
      add(spec.name(), new Entry(spec, ""));
      spec.aliases().forEach(alias -> add(alias, new Entry(spec, "")));
      spec.aliasesWhen().forEach((alias, option) -> add(alias, new Entry(spec, option)));
    }
  }

  List<CommandSpec> all() {
    return specs;
  }

  /** The command that the longest run of leading words names. */
  Optional<Match> find(List<String> words) {
    for (int count = Math.min(longest, words.size()); count > 0; count--) {
      List<Entry> named = entries.getOrDefault(key(words.subList(0, count)), List.of());
      List<String> rest = words.subList(count, words.size());
      for (Entry entry : named) {
        if (entry.isAlways() || isPresent(entry, rest)) {
          return Optional.of(new Match(entry.spec(), count));
        }
      }
    }
    return Optional.empty();
  }

  /** The commands whose names begin with these words. */
  List<CommandSpec> under(List<String> words) {
    String start = key(words) + " ";
    return specs.stream()
        .filter(spec -> !spec.isHidden() && spec.name().startsWith(start))
        .toList();
  }

  /** Every word that can follow these words in a command's name; aliases count when asked for. */
  Set<String> nextWords(List<String> words) {
    String start = words.isEmpty() ? "" : key(words) + " ";
    Set<String> next = new TreeSet<>();
    for (CommandSpec spec : specs) {
      if (!spec.isHidden() && spec.name().startsWith(start)) {
        next.add(spec.name().substring(start.length()).split(" ")[0]);
      }
    }
    return next;
  }

  /** The problem of words that name nothing. */
  Problem unknown(List<String> words) {
    List<String> head = words.subList(0, Math.min(2, words.size()));
    String noun = words.getFirst();
    List<String> verbs = verbs(noun);
    if (!verbs.isEmpty() && head.size() == 1) {
      return Problem.usage("'" + noun + "' needs a verb")
          .why("one of " + String.join(", ", new TreeSet<>(verbs)))
          .next("help " + noun);
    }
    if (!verbs.isEmpty()) {
      return Problem.usage("no command '" + String.join(" ", head) + "'")
          .why(didYouMean(nearVerbs(noun, head.getLast(), verbs)))
          .next("help " + noun);
    }
    List<String> typed = new ArrayList<>(Nearest.to(String.join(" ", head), names()));
    typed.addAll(Nearest.to(noun, names()));
    Nearest.to(noun, nextWords(List.of()))
        .forEach(known -> under(List.of(known)).forEach(spec -> typed.add(spec.name())));
    List<String> near = oneEach(typed);
    Problem problem = Problem.usage("no command '" + noun + "'");
    if (near.isEmpty() && isFile(noun)) {
      return problem.why("it is a file").next("script " + noun);
    }
    return (near.isEmpty() ? problem : problem.why(didYouMean(near))).next("help");
  }

  private static boolean isFile(String word) {
    try {
      return Files.isRegularFile(Path.of(word));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** What can follow a noun; an alias where the command itself is called otherwise. */
  private List<String> verbs(String noun) {
    String start = noun.toLowerCase(Locale.ROOT) + " ";
    return specs.stream()
        .filter(spec -> !spec.isHidden())
        .flatMap(
            spec ->
                spec.name().startsWith(start)
                    ? Stream.of(spec.name())
                    : spec.aliases().stream().filter(alias -> alias.startsWith(start)).limit(1))
        .map(name -> name.substring(start.length()))
        .toList();
  }

  private static List<String> nearVerbs(String noun, String verb, List<String> verbs) {
    List<String> near = Nearest.to(verb, verbs);
    return (near.isEmpty() ? verbs : near).stream().map(name -> noun + " " + name).toList();
  }

  private static String didYouMean(Collection<String> near) {
    return "did you mean: " + String.join(", ", near.stream().limit(3).toList());
  }

  /** Of several spellings of one command the first. */
  private List<String> oneEach(List<String> names) {
    Set<CommandSpec> seen = new HashSet<>();
    return names.stream()
        .filter(
            name ->
                entries.getOrDefault(name, List.of()).stream().anyMatch(e -> seen.add(e.spec())))
        .toList();
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    specs.stream().filter(spec -> !spec.isHidden()).forEach(spec -> names.add(spec.name()));
    specs.stream().filter(spec -> !spec.isHidden()).forEach(spec -> names.addAll(spec.aliases()));
    return names;
  }

  private void add(String name, Entry entry) {
    List<String> words = List.of(name.split(" "));
    longest = Math.max(longest, words.size());
    List<Entry> same = entries.computeIfAbsent(key(words), _ -> new ArrayList<>());
    if (entry.isAlways() && same.stream().anyMatch(Entry::isAlways)) {
      throw new IllegalStateException("two commands are called '" + name + "'");
    }
    // conditional ones are asked first
    same.add(entry.isAlways() ? same.size() : 0, entry);
  }

  private static boolean isPresent(Entry entry, List<String> rest) {
    return rest.stream()
        .map(word -> word.contains("=") ? word.substring(0, word.indexOf('=')) : word)
        .anyMatch(
            word ->
                entry.spec().option(word).filter(o -> o.isNamed(entry.whenOption())).isPresent());
  }

  private static String key(List<String> words) {
    return String.join(" ", words).toLowerCase(Locale.ROOT);
  }
}
