package dev.slm.shell;

import dev.slm.base.Nearest;
import dev.slm.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.shell.core.command.CommandArgument;
import org.springframework.shell.core.command.CommandOption;
import org.springframework.shell.core.command.CommandParser;
import org.springframework.shell.core.command.ParsedInput;

/**
 * Turns words into a command with its arguments and options, or into one problem that names every
 * mistake on the line.
 */
final class WordParser implements CommandParser {
  static final Option HELP = Option.of("--help -h", "", "print this help", Values.any());
  static final Option PLAIN = Option.of("--plain", "", "no colour, no animation", Values.any());

  /** A flag that was given; the executor's record has no other way to say so. */
  static final String GIVEN = "true";

  private static final List<Option> EVERYWHERE = List.of(HELP, PLAIN);
  private static final Pattern NEGATIVE = Pattern.compile("-[.\\d].*|-");

  private final CommandIndex index;

  WordParser(CommandIndex index) {
    this.index = index;
  }

  @Override
  public ParsedInput parse(String line) {
    return parse(Words.split(line).complete());
  }

  ParsedInput parse(List<String> words) {
    Optional<CommandIndex.Match> match = index.find(words);
    if (match.isEmpty()) {
      return asksForHelp(words).orElseThrow(() -> index.unknown(words));
    }
    CommandSpec spec = match.get().spec();
    return new Line(spec, words.subList(match.get().words(), words.size())).parse();
  }

  /** {@code --help} alone, or behind a noun. */
  private Optional<ParsedInput> asksForHelp(List<String> words) {
    if (!HELP.isNamed(words.getLast())) {
      return Optional.empty();
    }
    ParsedInput.Builder help = ParsedInput.builder().commandName("help");
    List<String> about = words.subList(0, words.size() - 1);
    for (int i = 0; i < about.size(); i++) {
      help.addArgument(new CommandArgument(i, about.get(i)));
    }
    return Optional.of(help.build());
  }

  /** The words behind a command's name. */
  private static final class Line {
    private final CommandSpec spec;
    private final List<String> words;
    private final ParsedInput.Builder parsed = ParsedInput.builder();
    private final List<String> arguments = new ArrayList<>();
    private final List<Problem> mistakes = new ArrayList<>();
    private boolean asksForHelp;
    private int at;

    Line(CommandSpec spec, List<String> words) {
      this.spec = spec;
      this.words = words;
      String[] names = spec.name().split(" ");
      parsed.commandName(names[0]);
      for (int i = 1; i < names.length; i++) {
        parsed.addSubCommand(names[i]);
      }
    }

    ParsedInput parse() {
      boolean optionsEnded = false;
      while (at < words.size()) {
        String word = words.get(at++);
        if (!optionsEnded && word.equals("--")) {
          optionsEnded = true;
        } else if (optionsEnded || !isOption(word)) {
          arguments.add(word);
        } else {
          option(word);
        }
      }
      if (!asksForHelp) {
        checkArguments();
        refuse();
      }
      return parsed.build();
    }

    private boolean isOption(String word) {
      return word.startsWith("-") && !NEGATIVE.matcher(word).matches();
    }

    private void option(String word) {
      int cut = word.startsWith("--") ? word.indexOf('=') : -1;
      String name = cut < 0 ? word : word.substring(0, cut);
      Optional<Option> known = find(name);
      if (known.isEmpty()) {
        unknown(name, cut < 0);
        return;
      }
      Option option = known.get();
      asksForHelp |= option.equals(HELP);
      if (option.isFlag()) {
        flag(option, cut < 0 ? GIVEN : word.substring(cut + 1));
      } else if (cut >= 0) {
        value(option, word.substring(cut + 1));
      } else if (at == words.size() || find(words.get(at)).isPresent()) {
        mistakes.add(Problem.usage("'" + name + "' needs a value: " + option.usage()));
      } else {
        value(option, words.get(at++));
        while (option.takesMany() && at < words.size() && !isOption(words.get(at))) {
          value(option, words.get(at++));
        }
      }
    }

    private Optional<Option> find(String name) {
      Optional<Option> own = spec.option(name);
      return own.isPresent()
          ? own
          : EVERYWHERE.stream().filter(option -> option.isNamed(name)).findFirst();
    }

    private void flag(Option option, String value) {
      if (value.equals(GIVEN)) {
        add(option, GIVEN);
      } else if (!value.equals("false")) {
        mistakes.add(Problem.usage("'" + option.name() + "' takes no value"));
      }
    }

    private void value(Option option, String value) {
      option
          .values()
          .mistake(value)
          .ifPresentOrElse(
              why ->
                  mistakes.add(
                      Problem.usage("'" + value + "' is no value for '" + option.name() + "'")
                          .why(option.name() + " " + why)),
              () -> add(option, option.values().canonical(value)));
    }

    private void add(Option option, String value) {
      parsed.addOption(CommandOption.with().longName(option.name()).value(value).build());
    }

    /** The word behind a mistyped option is mostly its value, and no mistake of its own. */
    private void unknown(String name, boolean hasValueBehind) {
      List<String> known = new ArrayList<>();
      spec.options().forEach(option -> known.addAll(option.names()));
      EVERYWHERE.forEach(option -> known.addAll(option.names()));
      Problem problem = Problem.usage("'" + spec.name() + "' has no option '" + name + "'");
      List<String> near = Nearest.to(name, known);
      mistakes.add(
          near.isEmpty() ? problem : problem.why("did you mean: " + String.join(", ", near)));
      boolean takesValue =
          !near.isEmpty() && find(near.getFirst()).stream().noneMatch(Option::isFlag);
      if (takesValue && hasValueBehind && at < words.size() && !isOption(words.get(at))) {
        at++;
      }
    }

    private void checkArguments() {
      List<Argument> wanted = spec.arguments();
      boolean takesAny = !wanted.isEmpty() && wanted.getLast().count().isMany();
      for (int i = 0; i < arguments.size(); i++) {
        if (i >= wanted.size() && !takesAny) {
          mistakes.add(Problem.usage("'" + arguments.get(i) + "' is one word too many"));
        } else {
          argument(wanted.get(Math.min(i, wanted.size() - 1)), i);
        }
      }
      for (int i = arguments.size(); i < wanted.size(); i++) {
        if (wanted.get(i).count().isRequired()) {
          mistakes.add(Problem.usage("'" + spec.name() + "' needs " + wanted.get(i).usage()));
        }
      }
    }

    private void argument(Argument argument, int position) {
      String value = arguments.get(position);
      argument
          .values()
          .mistake(value)
          .ifPresent(
              why ->
                  mistakes.add(
                      Problem.usage("'" + value + "' is no value for " + argument.name())
                          .why(argument.name() + " " + why)));
      parsed.addArgument(new CommandArgument(position, argument.values().canonical(value)));
    }

    private void refuse() {
      if (mistakes.size() == 1) {
        throw mistakes.getFirst().next("help " + spec.name());
      }
      if (!mistakes.isEmpty()) {
        List<String> lines = mistakes.stream().map(Problem::getMessage).toList();
        throw Problem.usage(mistakes.size() + " mistakes in '" + spec.name() + "'")
            .why(String.join("\n", lines))
            .next("help " + spec.name());
      }
    }
  }
}
