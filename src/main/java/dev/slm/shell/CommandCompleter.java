package dev.slm.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Offers what can stand where the cursor is: command words, options, values, names and paths. */
final class CommandCompleter {
  private final CommandIndex index;

  CommandCompleter(CommandIndex index) {
    this.index = index;
  }

  /** What could stand in place of the last of these words. */
  List<Completion> offers(List<String> words) {
    List<String> before = words.subList(0, words.size() - 1);
    String typed = words.getLast();
    List<Completion> offers = new ArrayList<>();
    Optional<CommandIndex.Match> match = index.find(before);
    boolean isWholeName = match.isEmpty() || match.get().words() == before.size();
    if (isWholeName) {
      index.nextWords(before).forEach(word -> offers.add(Completion.of(word)));
    }
    match.ifPresent(
        found ->
            offers.addAll(
                behind(found.spec(), before.subList(found.words(), before.size()), typed)));
    return offers;
  }

  private static List<Completion> behind(CommandSpec spec, List<String> before, String typed) {
    int cut = typed.startsWith("--") ? typed.indexOf('=') : -1;
    if (cut > 0) {
      return valuesAfterEquals(spec, typed.substring(0, cut + 1), typed.substring(cut + 1));
    }
    Optional<Option> open = before.isEmpty() ? Optional.empty() : spec.option(before.getLast());
    if (open.isPresent() && !open.get().isFlag()) {
      return open.get().values().offers(typed);
    }
    List<Completion> offers = new ArrayList<>();
    if (!typed.startsWith("-")) {
      argument(spec, before)
          .ifPresent(found -> offers.addAll(found.values().offers(typed, before)));
    }
    if (typed.startsWith("-") || offers.isEmpty()) {
      spec.options().forEach(option -> offers.add(offer(option)));
      offers.add(offer(WordParser.HELP));
    }
    return offers;
  }

  private static List<Completion> valuesAfterEquals(CommandSpec spec, String option, String typed) {
    return spec
        .option(option.substring(0, option.length() - 1))
        .map(found -> found.values().offers(typed))
        .orElse(List.of())
        .stream()
        .map(offer -> new Completion(option + offer.text(), offer.says(), offer.isWhole()))
        .toList();
  }

  private static Completion offer(Option option) {
    return new Completion(option.name(), option.says(), true);
  }

  private static Optional<Argument> argument(CommandSpec spec, List<String> before) {
    int count = 0;
    for (int i = 0; i < before.size(); i++) {
      Optional<Option> option = spec.option(before.get(i));
      if (option.isPresent() && !option.get().isFlag()) {
        i++;
      } else if (!before.get(i).startsWith("-")) {
        count++;
      }
    }
    List<Argument> all = spec.arguments();
    if (count < all.size()) {
      return Optional.of(all.get(count));
    }
    return all.isEmpty() || !all.getLast().count().isMany()
        ? Optional.empty()
        : Optional.of(all.getLast());
  }
}
