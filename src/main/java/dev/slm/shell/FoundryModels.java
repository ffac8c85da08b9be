package dev.slm.shell;

import dev.slm.base.Problem;
import dev.slm.cache.CachedModel;
import dev.slm.cache.ModelCache;
import dev.slm.serve.work.Downloads;
import java.io.Console;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What the old Foundry CLI printed of models in catalog and cache. */
final class FoundryModels {
  private static final String TASK = "chat-completion";
  private static final double GIGABYTE = 1024.0 * 1024 * 1024;
  private static final Set<String> YES = Set.of("--yes", "-y");

  private final Supplier<ModelCache> cache;
  private final Supplier<? extends Downloads> downloads;
  private final Screen screen;

  FoundryModels(
      Supplier<ModelCache> cache, Supplier<? extends Downloads> downloads, Screen screen) {
    this.cache = cache;
    this.downloads = downloads;
    this.screen = screen;
  }

  int location() {
    screen.line("💾 Cache directory path: " + cache.get().root());
    return 0;
  }

  int cached() {
    List<CachedModel> models = cache.get().list();
    if (models.isEmpty()) {
      screen.line("No models cached on device");
      return 0;
    }
    screen.line("Models cached on device:");
    Table table = Table.of("Alias", "Model ID");
    models.forEach(model -> table.row("💾 " + model.alias(), model.name()));
    screen.table(table);
    return 0;
  }

  /** Whether a list is asked for with nothing but the old program's filter. */
  static boolean isOldList(List<String> words) {
    return words.size() == 2 || words.get(2).startsWith("--filter");
  }

  /** Everything that can be fetched, those of one alias below each other. */
  int list(List<String> words) {
    String filter = String.join("", words).replaceFirst("^--filter=?", "");
    List<Downloads.Offer> offers =
        new ArrayList<>(
            downloads.get().offers().stream().filter(offer -> passes(offer, filter)).toList());
    offers.sort(Comparator.comparing(Downloads.Offer::alias));
    Table table = Table.of("Alias", "Device", "Task", ">File Size", "License", "!Model ID");
    String last = "";
    for (Downloads.Offer offer : offers) {
      table.row(
          offer.alias().equals(last) ? "" : offer.alias(),
          "CPU",
          TASK,
          String.format(Locale.ROOT, "%.2f GB", offer.bytes() / GIGABYTE),
          offer.licence(),
          offer.name());
      last = offer.alias();
    }
    screen.table(table);
    return 0;
  }

  /** {@code key=value}, negated by {@code !}; an alias may end in {@code *}. */
  private static boolean passes(Downloads.Offer offer, String filter) {
    if (filter.isEmpty()) {
      return true;
    }
    String[] sides = filter.toLowerCase(Locale.ROOT).split("=", 2);
    boolean isNegated = sides.length == 2 && sides[1].startsWith("!");
    String wanted = sides.length < 2 ? "" : sides[1].substring(isNegated ? 1 : 0);
    String value =
        switch (sides[0]) {
          case "device" -> "cpu";
          case "provider" -> "cpuexecutionprovider";
          case "task" -> TASK;
          case "alias" -> offer.alias().toLowerCase(Locale.ROOT);
          default ->
              throw Problem.usage("no filter '" + sides[0] + "'")
                  .why("filters are device, provider, task and alias")
                  .next("foundry model list --filter alias=qwen*");
        };
    boolean isLike =
        wanted.endsWith("*")
            ? value.startsWith(wanted.substring(0, wanted.length() - 1))
            : value.equals(wanted);
    return isLike != isNegated;
  }

  int remove(List<String> words) {
    String name = name(words);
    Optional<CachedModel> model = cache.get().find(name);
    if (model.isEmpty()) {
      return unknown(name);
    }
    if (words.stream().noneMatch(YES::contains) && !isAgreed(model.get().name())) {
      return 0;
    }
    cache.get().remove(model.get());
    screen.line("Deleted model " + model.get().name() + " from the cache.");
    return 0;
  }

  private static boolean isAgreed(String name) {
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(
                () ->
                    Problem.usage("nobody is here to say whether '" + name + "' may go")
                        .next("foundry cache remove " + name + " --yes"));
    String answer = console.readLine("Are you sure you want to delete %s? (y/n) ", name);
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  /** Whether a name means something here. */
  boolean knows(String name) {
    return cache.get().find(name).isPresent()
        || downloads.get().offers().stream()
            .anyMatch(offer -> name.equals(offer.alias()) || name.equals(offer.name()));
  }

  int unknown(String name) {
    screen.line("Exception: Model " + name + " was not found in the catalog or local cache.");
    return Problem.Status.FAILED.code();
  }

  String alias(String name) {
    return cache.get().find(name).map(CachedModel::alias).orElse(name);
  }

  /** The model among a command's words. */
  static String name(List<String> words) {
    return words.stream()
        .filter(word -> !word.startsWith("-"))
        .findFirst()
        .orElseThrow(() -> Problem.usage("a model is missing").next("foundry model list"));
  }
}
